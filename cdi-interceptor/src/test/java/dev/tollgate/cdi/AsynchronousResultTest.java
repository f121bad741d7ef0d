package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.ANN;
import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import dev.tollgate.RefusedException;
import dev.tollgate.Usage;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each call reserves 100 tokens. */
class AsynchronousResultTest {

  @ApplicationScoped
  static class Chat {

    @AiCost(model = "gemini", maxOutputTokens = 100)
    CompletionStage<Object> stage(CompletionStage<Object> stage) {
      return stage;
    }

    @AiCost(model = "gemini", maxOutputTokens = 100)
    Flow.Publisher<Object> publish(Flow.Publisher<Object> publisher) {
      return publisher;
    }

    @AiCost(model = "gemini", maxOutputTokens = 100)
    Uni<Object> uni(Supplier<Object> provider) {
      return Uni.createFrom().item(provider);
    }

    @AiCost(model = "gemini", maxOutputTokens = 100)
    Multi<Object> multi(Multi<Object> multi) {
      return multi;
    }
  }

  /** Takes what it asks for, and remembers it. */
  private static final class Reader implements Flow.Subscriber<Object> {
    final List<Object> items = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();
    int completions;
    Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
    }

    @Override
    public void onNext(Object item) {
      items.add(item);
    }

    @Override
    public void onError(Throwable failure) {
      failures.add(failure);
    }

    @Override
    public void onComplete() {
      completions++;
    }
  }

  private final Deployed deployed = Deployed.of(Chat.class);
  private final CallContext.Scope ann = asAnn();
  private final Chat chat = deployed.bean(Chat.class);
  private final Reader reader = new Reader();

  /** Publishes on the thread that submits. */
  private final SubmissionPublisher<Object> source = new SubmissionPublisher<>(Runnable::run, 16);

  @AfterEach
  void undeploy() {
    ann.close();
    source.close();
    deployed.close();
  }

  @Test
  void aStageSettlesWhenItCompletes() {
    CompletableFuture<Object> stage = new CompletableFuture<>();

    assertThat(chat.stage(stage)).isSameAs(stage);
    assertThat(deployed.held("tokens")).isEqualTo(100);
    stage.complete(Usage.of(1, 2));

    assertThat(deployed.held("tokens")).isZero();
    assertThat(deployed.used("tokens")).isEqualTo(3);
  }

  @Test
  void aStageThatFailsIsChargedAsReserved() {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    chat.stage(stage);

    stage.completeExceptionally(new IllegalStateException("gone"));

    assertThat(deployed.used("tokens")).isEqualTo(100);
  }

  @Test
  void aStageThatIsCancelledIsChargedAsReserved() {
    CompletionStage<Object> stage = chat.stage(new CompletableFuture<>());

    stage.toCompletableFuture().cancel(true);

    assertThat(deployed.used("tokens")).isEqualTo(100);
    assertThatThrownBy(() -> stage.toCompletableFuture().join())
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void aPublisherSettlesTheLastUsageWhenItCompletes() {
    chat.publish(source).subscribe(reader);
    reader.subscription.request(10);

    source.submit("text");
    source.submit(Usage.of(5, 1));
    source.submit(Usage.of(5, 9));
    assertThat(deployed.held("tokens")).isEqualTo(100);
    source.close();

    assertThat(reader.items).hasSize(3);
    assertThat(reader.completions).isEqualTo(1);
    assertThat(deployed.held("tokens")).isZero();
    assertThat(deployed.used("tokens")).isEqualTo(14);
  }

  @Test
  void aPublisherThatFailsIsChargedForWhatItTold() {
    chat.publish(source).subscribe(reader);
    reader.subscription.request(10);

    source.submit(Usage.of(5, 1));
    source.closeExceptionally(new IllegalStateException("gone"));

    assertThat(reader.failures).hasSize(1);
    assertThat(deployed.used("tokens")).isEqualTo(6);
  }

  @Test
  void aSubscriberThatLeavesIsChargedAsReservedOnce() {
    chat.publish(source).subscribe(reader);
    reader.subscription.request(1);

    reader.subscription.cancel();
    reader.subscription.cancel();
    source.submit(Usage.of(5, 1));
    source.close();

    assertThat(deployed.used("tokens")).isEqualTo(100);
    assertThat(deployed.calls()).hasSize(1);
  }

  @Test
  void eachFurtherSubscriptionIsACallOfItsOwn() {
    Flow.Publisher<Object> publisher = chat.publish(source);
    publisher.subscribe(reader);
    publisher.subscribe(new Reader());

    assertThat(deployed.held("tokens")).isEqualTo(200);
    source.close();

    assertThat(deployed.used("requests")).isEqualTo(2);
    assertThat(deployed.calls()).hasSize(2);
  }

  @Test
  void aFurtherSubscriptionThatIsRefusedFails() {
    Flow.Publisher<Object> publisher = chat.publish(source);
    publisher.subscribe(new Reader());
    for (int i = 0; i < 14; i++) {
      deployed.tollgate().reserve(Call.of(ANN, "chat")).orThrow();
    }

    publisher.subscribe(reader);

    assertThat(reader.subscription).isNotNull();
    assertThat(reader.failures).hasOnlyElementsOfType(RefusedException.class).hasSize(1);
    assertThat(source.getNumberOfSubscribers()).isEqualTo(1);
  }

  @Test
  void aUniIsACallWhenItIsSubscribed() {
    Uni<Object> answer =
        chat.uni(
            () -> {
              AiUsage.report(Usage.of(2, 2));
              return "answer";
            });
    assertThat(deployed.held("tokens")).isEqualTo(100);

    assertThat(answer.await().indefinitely()).isEqualTo("answer");
    assertThat(deployed.used("tokens")).isEqualTo(4);
    assertThat(answer.await().indefinitely()).isEqualTo("answer");
    assertThat(deployed.used("tokens")).isEqualTo(8);
    assertThat(deployed.used("requests")).isEqualTo(2);
  }

  @Test
  void aUniThatFailsIsChargedAsReserved() {
    Uni<Object> answer =
        chat.uni(
            () -> {
              throw new IllegalStateException("gone");
            });

    assertThatThrownBy(() -> answer.await().indefinitely()).hasMessage("gone");
    assertThat(deployed.used("tokens")).isEqualTo(100);
  }

  @Test
  void aUniMayHaveNoItem() {
    assertThat(chat.uni(() -> null).await().indefinitely()).isNull();
    assertThat(deployed.used("tokens")).isEqualTo(100);
  }

  @Test
  void aMultiSettlesWhenItEnds() {
    Multi<Object> answer = chat.multi(Multi.createFrom().items("text", Usage.of(3, 3)));

    assertThat(answer.collect().asList().await().indefinitely()).hasSize(2);
    assertThat(deployed.used("tokens")).isEqualTo(6);
    assertThat(deployed.calls())
        .extracting(CallRecord::outcome)
        .containsExactly(CallRecord.Outcome.SETTLED);
  }

  @Test
  void nothingStaysOnTheThread() {
    chat.multi(Multi.createFrom().items("text")).collect().asList().await().indefinitely();

    assertThatThrownBy(AiUsage::current).isInstanceOf(IllegalStateException.class);
  }
}
