package dev.tollgate.cdi;

import com.anthropic.errors.AnthropicInvalidDataException;
import com.anthropic.models.messages.RawMessageStreamEvent;
import dev.tollgate.Usage;
import java.util.function.Consumer;

/**
 * Hears the events of one stream, and tells its call the usage when the stream tells it: the first
 * event has the input, one of the last the output. Of a stream that breaks off before, nothing is
 * told. Thread-safe.
 */
final class AnthropicTally implements Consumer<Object> {

  private final AiCall call;
  private Usage usage = Usage.NONE;

  AnthropicTally(AiCall call) {
    this.call = call;
  }

  @Override
  public synchronized void accept(Object item) {
    if (item instanceof RawMessageStreamEvent event) {
      try {
        event
            .messageStart()
            .ifPresent(start -> usage = AnthropicResults.usage(start.message().usage()));
        event.messageDelta().ifPresent(delta -> tell(AnthropicResults.later(usage, delta.usage())));
      } catch (AnthropicInvalidDataException incomplete) {
        // an event without counts tells nothing
      }
    }
  }

  private void tell(Usage later) {
    usage = later;
    call.tell(later);
  }
}
