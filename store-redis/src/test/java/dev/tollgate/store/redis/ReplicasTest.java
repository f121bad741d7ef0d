package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplicasTest {

  private long nanos;
  private final Replicas replicas = new Replicas(() -> nanos);

  @Test
  void whatAServerWithoutReplicasWritesCounts() {
    assertThat(replicas.keep(0)).isTrue();
    assertThat(replicas.areAwaited()).isFalse();
  }

  @Test
  void replicasAreLookedForOnceASecondUntilSomeAreKnown() {
    assertThat(replicas.areToBeLookedFor()).isFalse();
    nanos += 1_000_000_000;
    assertThat(replicas.areToBeLookedFor()).isTrue();
    assertThat(replicas.areToBeLookedFor()).isFalse();
    nanos += 1_000_000_000;
    replicas.expect();
    assertThat(replicas.areToBeLookedFor()).isFalse();
  }

  @Test
  void whatAReplicaHasCounts() {
    assertThat(replicas.keep(1)).isTrue();
    assertThat(replicas.areAwaited()).isTrue();
  }

  @Test
  void nothingCountsWhileReplicasThatWereHeardAreSilent() {
    assertThat(replicas.keep(1)).isTrue();
    nanos += Replicas.MAX_SILENCE_NANOS;
    assertThat(replicas.keep(0)).isFalse();
    assertThat(replicas.keep(2)).isTrue();
    nanos += 1;
    assertThat(replicas.keep(0)).isFalse();
  }

  @Test
  void nothingCountsWhileReplicasThatTheServerSpeaksOfAreSilent() {
    replicas.expect();
    assertThat(replicas.keep(0)).isFalse();
    nanos += Replicas.MAX_SILENCE_NANOS;
    replicas.expect();
    assertThat(replicas.keep(0)).isFalse();
    nanos += 1;
    assertThat(replicas.keep(0)).isTrue();
  }

  @Test
  void callersWaitForSilentReplicasNowAndThen() {
    replicas.expect();
    for (int i = 0; i < 3; i++) {
      assertThat(replicas.areAwaited()).isTrue();
      assertThat(replicas.keep(0)).isFalse();
      nanos += Replicas.PAUSE_NANOS - 1;
      assertThat(replicas.areAwaited()).isFalse();
      assertThat(replicas.areGone()).isFalse();
      nanos += 1;
    }
    assertThat(replicas.keep(1)).isTrue();
    assertThat(replicas.areAwaited()).isTrue();
  }

  @Test
  void replicasThatAreSilentForLongAreGone() {
    assertThat(replicas.keep(1)).isTrue();
    nanos += Replicas.MAX_SILENCE_NANOS + 1;
    assertThat(replicas.keep(0)).isTrue();
  }
}
