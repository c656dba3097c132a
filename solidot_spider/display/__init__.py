"""What a person looks at: colours where they are wanted, lines as wide as the terminal, differences, a story."""
