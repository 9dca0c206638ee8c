"""The rules of the game, one file a scene in the order of play; each rule is for one actor and knows no engine."""
