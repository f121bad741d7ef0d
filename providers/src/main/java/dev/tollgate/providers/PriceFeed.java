package dev.tollgate.providers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A catalogue that follows a file or a web page of prices. What cannot be had or read changes
 * nothing: the last good prices stay.
 *
 * <p>Thread-safe. Has no thread of its own: whoever owns it calls {@link #refresh} now and then.
 */
public final class PriceFeed {

  private final URI uri;
  private final PriceFormat format;
  private final Catalogue base;
  private final PriceSource source;
  private volatile Catalogue catalogue;
  private volatile String unreachable = "";
  private volatile String unreadable = "";

  /**
   * A feed that has not been refreshed yet.
   *
   * @param uri of scheme {@code file}, {@code http} or {@code https}
   * @param base the prices of models that the feed does not know
   * @throws IllegalArgumentException when the URI is none of a file or a web page
   */
  public PriceFeed(URI uri, PriceFormat format, Catalogue base) {
    this.uri = uri;
    this.format = format;
    this.base = base;
    this.catalogue = base;
    this.source = source(uri);
  }

  private static PriceSource source(URI uri) {
    return switch (String.valueOf(uri.getScheme())) {
      case "file" -> new FilePriceSource(Path.of(uri));
      case "http", "https" -> new HttpPriceSource(uri);
      default ->
          throw new IllegalArgumentException(
              "prices from " + uri + ": must begin with file:, http: or https:");
    };
  }

  /**
   * Takes the prices if they have changed. Waits up to half a minute for a web server.
   *
   * @return whether they have
   */
  public synchronized boolean refresh() {
    try {
      Optional<byte[]> changed = source.changed();
      unreachable = "";
      return changed.isPresent() && take(changed.get());
    } catch (IOException notRead) {
      unreachable = problem(notRead.toString());
      return false;
    }
  }

  private boolean take(byte[] file) {
    try {
      Catalogue read = base.overriddenBy(format.read(file));
      boolean differs = !read.equals(catalogue);
      catalogue = read;
      unreadable = "";
      return differs;
    } catch (PriceFileException bad) {
      unreadable = problem(bad.getMessage());
      return false;
    }
  }

  private String problem(@Nullable String reason) {
    return "prices from " + uri + ": " + reason + "; the last good ones stay";
  }

  /** The last good prices, those of {@code base} if there were none. */
  public Catalogue catalogue() {
    return catalogue;
  }

  /** Why the latest prices could not be taken. */
  public Optional<String> problem() {
    return Stream.of(unreachable, unreadable).filter(problem -> !problem.isEmpty()).findFirst();
  }
}
