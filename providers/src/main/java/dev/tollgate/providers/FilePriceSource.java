package dev.tollgate.providers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** A file on disk, another one when its time or its size is. */
final class FilePriceSource implements PriceSource {

  private record Version(FileTime modified, long size) {}

  private final Path path;
  private Version last = new Version(FileTime.fromMillis(0), -1);

  FilePriceSource(Path path) {
    this.path = path;
  }

  @Override
  public Optional<byte[]> changed() throws IOException {
    Version now = new Version(Files.getLastModifiedTime(path), Files.size(path));
    if (now.equals(last)) {
      return Optional.empty();
    }
    PriceSource.checkSize(now.size);
    byte[] file = Files.readAllBytes(path);
    last = now;
    return Optional.of(file);
  }
}
