package dev.tollgate.store.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** Opens the files that are written. Thread-safe. */
@FunctionalInterface
interface Channels {

  FileChannel open(Path path, OpenOption... options) throws IOException;
}
