package dev.tollgate.cdi;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.tool.BeforeToolExecution;
import dev.langchain4j.service.tool.ToolExecution;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A stream that settles its call when its last answer is complete, which sums up all answers before
 * it, when it fails, or when the application cancels it. Used by one thread until it starts.
 */
final class MeteredTokenStream implements TokenStream {

  private final TokenStream stream;
  private final AiCall call;
  private boolean hearsItsEnd;
  private boolean hearsAnswersBefore;
  private volatile boolean answeredBefore;

  MeteredTokenStream(TokenStream stream, AiCall call) {
    this.stream = stream;
    this.call = call;
  }

  @Override
  public TokenStream onCompleteResponse(Consumer<ChatResponse> handler) {
    hearsItsEnd = true;
    stream.onCompleteResponse(
        response -> {
          TokenUsages.usage(response.tokenUsage()).ifPresent(call::tell);
          call.end();
          handler.accept(response);
        });
    return this;
  }

  @Override
  public TokenStream onError(Consumer<Throwable> handler) {
    stream.onError(
        failure -> {
          call.failedWith(failure);
          if (!answeredBefore && !AiUsageListener.mayBeBilled(failure)) {
            call.notBilled();
          }
          call.end();
          handler.accept(failure);
        });
    return this;
  }

  @Override
  public TokenStream ignoreErrors() {
    return onError(ignored -> {});
  }

  /** Starts it out of sight of the model's listener, which would count its first answer twice. */
  @Override
  public void start() {
    if (!hearsItsEnd) {
      onCompleteResponse(response -> {});
    }
    if (!hearsAnswersBefore) {
      onIntermediateResponse(response -> {});
    }
    Frame.unheard(call.restriction()).run(stream::start);
  }

  @Override
  public TokenStream onPartialResponse(Consumer<String> handler) {
    stream.onPartialResponse(handler);
    return this;
  }

  @Override
  public TokenStream onPartialResponseWithContext(
      BiConsumer<PartialResponse, PartialResponseContext> handler) {
    stream.onPartialResponseWithContext(
        (part, context) ->
            handler.accept(part, new PartialResponseContext(heard(context.streamingHandle()))));
    return this;
  }

  @Override
  public TokenStream onPartialThinking(Consumer<PartialThinking> handler) {
    stream.onPartialThinking(handler);
    return this;
  }

  @Override
  public TokenStream onPartialThinkingWithContext(
      BiConsumer<PartialThinking, PartialThinkingContext> handler) {
    stream.onPartialThinkingWithContext(
        (part, context) ->
            handler.accept(part, new PartialThinkingContext(heard(context.streamingHandle()))));
    return this;
  }

  @Override
  public TokenStream onPartialToolCall(Consumer<PartialToolCall> handler) {
    stream.onPartialToolCall(handler);
    return this;
  }

  @Override
  public TokenStream onPartialToolCallWithContext(
      BiConsumer<PartialToolCall, PartialToolCallContext> handler) {
    stream.onPartialToolCallWithContext(
        (part, context) ->
            handler.accept(part, new PartialToolCallContext(heard(context.streamingHandle()))));
    return this;
  }

  /** A handle whose cancelling ends the call: nothing else tells of a stream that is cancelled. */
  private StreamingHandle heard(StreamingHandle handle) {
    return new StreamingHandle() {
      @Override
      public void cancel() {
        handle.cancel();
        call.end();
      }

      @Override
      public boolean isCancelled() {
        return handle.isCancelled();
      }
    };
  }

  @Override
  public TokenStream onRetrieved(Consumer<List<Content>> handler) {
    stream.onRetrieved(handler);
    return this;
  }

  @Override
  public TokenStream onIntermediateResponse(Consumer<ChatResponse> handler) {
    hearsAnswersBefore = true;
    stream.onIntermediateResponse(
        response -> {
          answeredBefore = true;
          handler.accept(response);
        });
    return this;
  }

  @Override
  public TokenStream beforeToolExecution(Consumer<BeforeToolExecution> handler) {
    stream.beforeToolExecution(handler);
    return this;
  }

  @Override
  public TokenStream onUnmappedRawEvent(Consumer<Object> handler) {
    stream.onUnmappedRawEvent(handler);
    return this;
  }

  @Override
  public TokenStream onToolExecuted(Consumer<ToolExecution> handler) {
    stream.onToolExecuted(handler);
    return this;
  }
}
