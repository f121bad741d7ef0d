package dev.tollgate.store.file;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreFactory;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Opens stores in directories: {@code file:tollgate-data}, below the working directory of the
 * process, or {@code file:/var/lib/tollgate}. Thread-safe.
 */
public final class FileStoreFactory implements StoreFactory {

  @Override
  public boolean opens(String scheme) {
    return scheme.equals("file");
  }

  /**
   * {@inheritDoc} Reads all that is kept: about a second for 100,000 accounts. The deadline does
   * not count: decisions are made in memory, and what must be written is waited for for a second.
   *
   * @throws dev.tollgate.store.UnusableStoreException when the directory is in use, damaged or
   *     cannot be written
   */
  @Override
  public Store open(URI uri, Options options) {
    return FileStore.open(
        path(uri), options.maxAccounts(), options.clock(), LogSettings.standard());
  }

  static Path path(URI uri) {
    String text = uri.isOpaque() ? uri.getSchemeSpecificPart() : uri.getPath();
    if (text.isEmpty()
        || uri.getRawFragment() != null
        || uri.getRawQuery() != null
        || uri.getRawAuthority() != null
        || text.contains("?")) {
      throw new IllegalArgumentException(
          "is not the address of a directory; write file:tollgate-data or"
              + " file:/var/lib/tollgate");
    }
    try {
      return uri.isOpaque() ? Path.of(text) : Path.of(uri);
    } catch (InvalidPathException wrong) {
      throw new IllegalArgumentException("is not the address of a directory: " + wrong.getReason());
    }
  }
}
