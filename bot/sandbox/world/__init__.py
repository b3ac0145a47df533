"""State of the sandbox: one bot, people, chats, messages and the updates that wait for the bot."""
