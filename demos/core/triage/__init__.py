"""Which cards to review, decline or let pass, from what each costs and what a team can do."""
