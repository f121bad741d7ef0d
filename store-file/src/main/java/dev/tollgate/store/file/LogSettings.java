package dev.tollgate.store.file;

import java.nio.channels.FileChannel;
import java.security.SecureRandom;
import java.util.function.LongSupplier;

/**
 * How a log is written.
 *
 * @param channels opens its files
 * @param salts random numbers that callers cannot guess
 * @param smallBytes a log below this is not made smaller
 */
record LogSettings(Channels channels, LongSupplier salts, long smallBytes) {

  static LogSettings standard() {
    return new LogSettings(FileChannel::open, new SecureRandom()::nextLong, 8L << 20);
  }
}
