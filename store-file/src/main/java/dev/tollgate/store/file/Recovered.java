package dev.tollgate.store.file;

import dev.tollgate.store.MemoryStore;

/**
 * What a directory had.
 *
 * @param store has all of it
 * @param log is to be continued
 * @param wholeBytes what the log had when everything was told last; 0 if it never was
 */
record Recovered(MemoryStore store, Log log, long wholeBytes) {}
