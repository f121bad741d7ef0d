package dev.tollgate.filter;

import dev.tollgate.RefusedException;
import dev.tollgate.providers.ProviderError;
import jakarta.servlet.ServletRequest;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Whether a provider may have billed a call whose answer reports no usage: unless it certainly did
 * not begin it, or the application says so in {@link TollgateFilter#BILLED}. As thread-safe as the
 * request.
 *
 * @param request in whose attributes the application says so
 */
record Billing(ServletRequest request) {

  private static final int FIRST_ERROR = 400;
  private static final int REQUEST_TIMEOUT = 408;

  /** What nginx and those who follow it log for a client that left. */
  private static final int CLIENT_CLOSED = 499;

  private static final int FIRST_SERVER_ERROR = 500;
  private static final int GATEWAY_TIMEOUT = 504;

  /** Cloudflare's, for a server that took the request and did not answer in time. */
  private static final int ORIGIN_TIMEOUT = 524;

  /** How deep frameworks may wrap a failure in exceptions of their own. */
  private static final int MAX_CAUSES = 16;

  private boolean isSaid(boolean billed) {
    return request.getAttribute(TollgateFilter.BILLED) instanceof Boolean said && said == billed;
  }

  /** Whether the application says that nothing is billed. */
  boolean isDenied() {
    return isSaid(false);
  }

  /**
   * Of an answer. Who has waited in vain does not know what the provider did meanwhile; neither do
   * errors that are not in a provider's words.
   *
   * @param error the body of an error, as far as it was read
   */
  boolean mayBeOf(int status, byte[] error) {
    if (isSaid(true)) {
      return true;
    }
    return !isDenied()
        && switch (status) {
          case REQUEST_TIMEOUT, CLIENT_CLOSED, GATEWAY_TIMEOUT, ORIGIN_TIMEOUT -> true;
          default ->
              status < FIRST_ERROR || (status >= FIRST_SERVER_ERROR && !ProviderError.isIn(error));
        };
  }

  /** Of an application that failed. */
  boolean mayBeOf(Throwable failure) {
    return isSaid(true) || (!isDenied() && !isBeforeTheCall(failure));
  }

  private static boolean isBeforeTheCall(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (isUnreachable(cause)
          || cause instanceof RefusedException
          || cause instanceof RejectedException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isUnreachable(Throwable failure) {
    return failure instanceof ConnectException
        || failure instanceof UnknownHostException
        || failure instanceof UnresolvedAddressException
        || failure instanceof NoRouteToHostException
        || failure instanceof HttpConnectTimeoutException
        || failure instanceof SSLHandshakeException;
  }
}
