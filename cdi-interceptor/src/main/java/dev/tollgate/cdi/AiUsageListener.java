package dev.tollgate.cdi;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.util.Map;
import java.util.Optional;

/**
 * Reports what a LangChain4j model used to the method with {@link AiCost} that asked it, on
 * whatever thread the answer comes. Such a method may return before a streamed answer is complete:
 * it is settled when all that it asked for has come.
 *
 * <p>Where the application has LangChain4j, this is a bean, of this type and of {@link
 * ChatModelListener}: give it to the builder of each model, or have LangChain4j-CDI find it by
 * {@code dev.langchain4j.cdi.plugin.<model>.config.listeners=lookup:@all}. Several on one model
 * report once. An application with a listener of its own injects that by its class.
 *
 * <p>LangChain4j tells no listener of a stream that the application cancels: unless the method
 * returns it as a {@code TokenStream}, such a call is held until its reservation expires.
 *
 * <p>Stateless, hence thread-safe.
 */
public final class AiUsageListener implements ChatModelListener {

  /** Where a request remembers its call. */
  private static final Object CALL = new Object();

  private static final int MAX_CAUSES = 10;

  @Override
  public void onRequest(ChatModelRequestContext request) {
    Frame.currentCall()
        .filter(call -> request.attributes().putIfAbsent(CALL, call) == null)
        .ifPresent(AiCall::requested);
  }

  @Override
  public void onResponse(ChatModelResponseContext response) {
    call(response.attributes())
        .ifPresent(call -> call.answered(TokenUsages.usage(response.chatResponse().tokenUsage())));
  }

  @Override
  public void onError(ChatModelErrorContext error) {
    Optional<AiCall> asked = call(error.attributes());
    asked.ifPresent(call -> call.failedWith(error.error()));
    asked.ifPresent(call -> call.failed(mayBeBilled(error.error())));
  }

  /** The call of a request, the first time. */
  private static Optional<AiCall> call(Map<Object, Object> attributes) {
    return Optional.ofNullable((AiCall) attributes.remove(CALL));
  }

  /** Whether a provider may have billed what failed so: all but what it did not begin. */
  static boolean mayBeBilled(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (isRefusal(cause) || isUnreachable(cause)) {
        return false;
      }
      cause = cause.getCause();
    }
    return true;
  }

  /** Whether the provider turned the request down; filters of content look at it first. */
  private static boolean isRefusal(Throwable failure) {
    return failure instanceof AuthenticationException
        || failure instanceof RateLimitException
        || failure instanceof ModelNotFoundException
        || (failure instanceof InvalidRequestException
            && !(failure instanceof ContentFilteredException));
  }

  private static boolean isUnreachable(Throwable failure) {
    return failure instanceof UnresolvedModelServerException
        || failure instanceof ConnectException
        || failure instanceof UnknownHostException
        || failure instanceof HttpConnectTimeoutException;
  }
}
