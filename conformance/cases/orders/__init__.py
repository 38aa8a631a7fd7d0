"""Stories about orders, told through roles: any document that gives the roles gets them."""
