package dev.tollgate.providers;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file on a web server, which tells by ETag or time whether it is another. Leaves no thread and
 * no connection behind.
 */
final class HttpPriceSource implements PriceSource {

  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_MILLIS = 5_000;
  private static final int WHOLE_MILLIS = 30_000;

  private final URI uri;
  private @Nullable String etag;
  private @Nullable String modified;

  HttpPriceSource(URI uri) {
    this.uri = uri;
  }

  @Override
  public Optional<byte[]> changed() throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    try {
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setUseCaches(false);
      connection.setRequestProperty("Accept", "application/json");
      connection.setRequestProperty("Connection", "close");
      connection.setRequestProperty("If-None-Match", etag);
      connection.setRequestProperty("If-Modified-Since", modified);
      return answer(connection);
    } finally {
      connection.disconnect();
    }
  }

  private Optional<byte[]> answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status == HttpURLConnection.HTTP_NOT_MODIFIED) {
      return Optional.empty();
    }
    if (status != HttpURLConnection.HTTP_OK) {
      throw new IOException("answered with status " + status);
    }
    byte[] file;
    try (InputStream body = connection.getInputStream()) {
      file = HttpBody.read(body, MAX_BYTES, WHOLE_MILLIS);
    }
    etag = connection.getHeaderField("ETag");
    modified = connection.getHeaderField("Last-Modified");
    return Optional.of(file);
  }
}
