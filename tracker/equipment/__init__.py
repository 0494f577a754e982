"""What a department works with: equipment, software and procedures, and each revision of them from its day on."""
