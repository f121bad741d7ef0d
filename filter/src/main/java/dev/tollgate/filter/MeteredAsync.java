package dev.tollgate.filter;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/**
 * An asynchronous answer that is metered: when the application completes it, what is held of it is
 * sent first. As thread-safe as the container's.
 */
final class MeteredAsync implements AsyncContext {

  private static final System.Logger LOG = System.getLogger("dev.tollgate");

  private final AsyncContext async;
  private final MeteredResponse response;

  MeteredAsync(AsyncContext async, MeteredResponse response) {
    this.async = async;
    this.response = response;
  }

  @Override
  public void complete() {
    try {
      response.end();
    } catch (IOException gone) {
      LOG.log(System.Logger.Level.DEBUG, "a client has left", gone);
    } finally {
      async.complete();
    }
  }

  @Override
  public void dispatch() {
    response.passAtOnce();
    async.dispatch();
  }

  @Override
  public void dispatch(String path) {
    response.passAtOnce();
    async.dispatch(path);
  }

  @Override
  public void dispatch(ServletContext context, String path) {
    response.passAtOnce();
    async.dispatch(context, path);
  }

  @Override
  public ServletRequest getRequest() {
    return async.getRequest();
  }

  @Override
  public ServletResponse getResponse() {
    return async.getResponse();
  }

  @Override
  public boolean hasOriginalRequestAndResponse() {
    return async.hasOriginalRequestAndResponse();
  }

  @Override
  public void start(Runnable task) {
    async.start(task);
  }

  @Override
  public void addListener(AsyncListener listener) {
    async.addListener(listener);
  }

  @Override
  public void addListener(AsyncListener listener, ServletRequest request, ServletResponse answer) {
    async.addListener(listener, request, answer);
  }

  @Override
  public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
    return async.createListener(type);
  }

  @Override
  public void setTimeout(long timeoutMillis) {
    async.setTimeout(timeoutMillis);
  }

  @Override
  public long getTimeout() {
    return async.getTimeout();
  }
}
