"""What trainees did, what they claim on the strength of it, and the supervisors' sign-off."""
