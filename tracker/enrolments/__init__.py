"""Who trains where, on which curriculum, under whom; and whose record a viewer may see."""
