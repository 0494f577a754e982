from io import BytesIO

from pypdf import PdfReader

from tests.browser.reader import LEAD, SCHEME, Reader

NAME = "Amara Clarke"


def test_a_training_lead_finds_a_trainee_and_prints_their_page(reader: Reader) -> None:
    # Given the trainees of a centre
    reader.sign_in(LEAD)
    assert reader.heading == f"Where everybody stands: {SCHEME}"
    everybody = reader.page.locator("tbody th").all_inner_texts()
    # When the lead sorts them by how far they are, and keeps those of one area and one year
    reader.follow("Whole")
    shares = [int(share.rstrip(" %")) for share in reader.page.locator("tbody td:nth-child(3)").all_inner_texts()]
    assert shares == sorted(shares)
    started = reader.page.locator("tbody tr").filter(has_text=NAME).locator("td").first.inner_text()
    reader.page.get_by_label("Area").select_option(label="Nuclear medicine")
    reader.page.get_by_label("Started in").select_option(started[-4:])
    reader.press("Show")
    kept = reader.page.locator("tbody th").all_inner_texts()
    assert set(kept) < set(everybody)
    # Then the trainee's page opens, and its one page for paper has the name and the same count
    reader.follow(NAME)
    done = reader.page.locator(".nhsuk-lede-text").inner_text().split(" done")[0]
    address = reader.page.get_by_role("link", name="One page as PDF").get_attribute("href")
    paper = PdfReader(BytesIO(reader.page.request.get(f"{reader.address}{address}").body()))
    (page,) = paper.pages
    assert NAME in page.extract_text()
    assert done in page.extract_text()
