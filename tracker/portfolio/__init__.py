"""A trainee's record to take away: one file that anybody can check, and the page that checks it."""
