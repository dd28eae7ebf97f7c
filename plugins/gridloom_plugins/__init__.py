"""The plugins that come with Gridloom, registered by entry points exactly like anyone else's."""
