"""Files that trainees attach, the checks they pass, and the guard against patient details in text."""
