"""The customers' phone: LINE's Messaging API as LINE answers it, and an inbox for LINE, email and SMS."""
