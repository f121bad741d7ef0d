package dev.tollgate.filter;

import dev.tollgate.providers.AiRequest;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request with the body that the filter hands on, at the path that this body belongs to. It does
 * not say that its client takes compressed answers: those could not be read. As thread-safe as the
 * request.
 */
final class MeteredRequest extends HttpServletRequestWrapper {

  private static final String CONTENT_LENGTH = "content-length";
  private static final Set<String> HIDDEN = Set.of("accept-encoding", "content-encoding");

  private final byte[] body;
  private final String path;
  private final MeteredResponse response;
  private final AsyncListener ending;
  private final ServletInputStream stream;
  private final BufferedReader reader;
  private volatile boolean asynchronous;

  /**
   * @param ending hears of the end of asynchronous answers
   */
  MeteredRequest(
      HttpServletRequest request, AiRequest sent, MeteredResponse response, AsyncListener ending) {
    super(request);
    this.body = sent.body();
    this.path = sent.path();
    this.response = response;
    this.ending = ending;
    this.stream = new BodyStream(new ByteArrayInputStream(body));
    this.reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  /** Whether a dispatch's request is one of these, wrapped or not. */
  static boolean isWithin(HttpServletRequest request) {
    return request instanceof MeteredRequest
        || (request instanceof ServletRequestWrapper wrapper
            && wrapper.isWrapperFor(MeteredRequest.class));
  }

  /** Whether the answer has become asynchronous. */
  boolean isAsynchronous() {
    return asynchronous;
  }

  @Override
  public AsyncContext startAsync() {
    return startAsync(this, response);
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse answer) {
    AsyncContext async = super.startAsync(request, answer);
    asynchronous = true;
    async.addListener(ending);
    return new MeteredAsync(async, response);
  }

  @Override
  public AsyncContext getAsyncContext() {
    return new MeteredAsync(super.getAsyncContext(), response);
  }

  @Override
  public ServletInputStream getInputStream() {
    return stream;
  }

  @Override
  public BufferedReader getReader() {
    return reader;
  }

  @Override
  public int getContentLength() {
    return body.length;
  }

  @Override
  public long getContentLengthLong() {
    return body.length;
  }

  @Override
  public @Nullable String getHeader(String name) {
    Optional<List<String>> own = own(name);
    if (own.isEmpty()) {
      return super.getHeader(name);
    }
    return own.get().isEmpty() ? null : own.get().get(0);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return own(name).map(Collections::enumeration).orElseGet(() -> super.getHeaders(name));
  }

  @Override
  public int getIntHeader(String name) {
    return name.equalsIgnoreCase(CONTENT_LENGTH) ? body.length : super.getIntHeader(name);
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    return Collections.enumeration(
        Collections.list(super.getHeaderNames()).stream()
            .filter(name -> !HIDDEN.contains(name.toLowerCase(Locale.ROOT)))
            .toList());
  }

  private Optional<List<String>> own(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals(CONTENT_LENGTH)) {
      return Optional.of(List.of(Integer.toString(body.length)));
    }
    return HIDDEN.contains(lower) ? Optional.of(List.of()) : Optional.empty();
  }

  private boolean isMoved() {
    return !path.equals(
        super.getServletPath() + Optional.ofNullable(super.getPathInfo()).orElse(""));
  }

  @Override
  public String getRequestURI() {
    return isMoved() ? getContextPath() + path : super.getRequestURI();
  }

  @Override
  public @Nullable String getPathInfo() {
    String info = super.getPathInfo();
    boolean below = info != null && path.startsWith(super.getServletPath());
    return below && isMoved() ? path.substring(super.getServletPath().length()) : info;
  }

  /** A body that is there as a whole. */
  private static final class BodyStream extends ServletInputStream {

    private final ByteArrayInputStream bytes;

    BodyStream(ByteArrayInputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      return bytes.read(buffer, offset, length);
    }

    @Override
    public int available() {
      return bytes.available();
    }

    @Override
    public boolean isFinished() {
      return bytes.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      try {
        listener.onDataAvailable();
        listener.onAllDataRead();
      } catch (IOException failure) {
        listener.onError(failure);
      }
    }
  }
}
