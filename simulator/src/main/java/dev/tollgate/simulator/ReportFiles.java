package dev.tollgate.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The files of a report in its directory. A file appears whole or not at all.
 *
 * @param directory exists
 */
record ReportFiles(Path directory) {

  /**
   * Makes the directory if it does not exist.
   *
   * @throws UncheckedIOException when it cannot be made or written to
   */
  static ReportFiles in(Path directory) {
    try {
      Files.createDirectories(directory);
      if (!Files.isWritable(directory)) {
        throw new IOException("it is read-only");
      }
      return new ReportFiles(directory);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }

  /**
   * Writes the report, over one that is there.
   *
   * @throws UncheckedIOException when it cannot be written
   */
  void write(String json, String html) {
    try {
      replace("report.json", json);
      replace("report.html", html);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }

  private void replace(String name, String text) throws IOException {
    Path part = directory.resolve("." + name + ".part");
    try {
      Files.writeString(part, text);
      Files.move(part, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** The page for people. */
  Path page() {
    return directory.resolve("report.html");
  }
}
