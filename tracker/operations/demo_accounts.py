"""Who can sign in to the demo. Outside demo mode these people cannot exist."""

DEMO_PASSWORD = "clinical-demo-1"  # noqa: S105 - public, and only ever served to this machine
DEMO_ACCOUNTS = {
    "trainee@demo.example": "logs work and submits it for sign-off",
    "supervisor@demo.example": "signs off or returns what trainees submit",
    "lead@demo.example": "sees where every trainee of the centre stands",
    "moderator@demo.example": "makes a visit from outside: looks at sign-offs that were drawn by chance",
    "admin@demo.example": "looks after accounts",
}
