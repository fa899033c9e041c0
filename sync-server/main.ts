/** The server's shell: reads its settings, starts, says where it is. */
