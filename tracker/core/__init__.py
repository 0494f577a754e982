"""What every package needs and nothing about training: database, clock, errors, forms, files, mail, pages."""
