package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Timelines of models that nobody knows the price of. */
class UnpricedModelsTest {

  private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final UnpricedModels models = new UnpricedModels();

  private boolean isTold(String model, Instant at) {
    return models.isTold(model, at);
  }

  /** Calls models 0 to count - 1 of a name; how many are told by their names. */
  private int flood(String name, int count, Instant at) {
    List<String> told = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (isTold(name + i, at)) {
        told.add(name + i);
      }
    }
    return told.size();
  }

  @Test
  void aModelIsToldOnceADay() {
    assertThat(isTold("m", NOON)).isTrue();
    assertThat(isTold("m", NOON)).isFalse();
    assertThat(isTold("m", NOON.plus(HOUR.multipliedBy(11)))).isFalse();
    assertThat(models.takeOthers(NOON.plus(HOUR))).isEmpty();
    assertThat(isTold("other", NOON.plus(HOUR.multipliedBy(13)))).isTrue();
    assertThat(isTold("m", NOON.plus(HOUR.multipliedBy(13)))).isTrue();
  }

  @Test
  void aFewAreToldByTheirNamesAndTheOthersAsANumberWhenTheirHourIsOver() {
    assertThat(flood("junk", 300, NOON)).isEqualTo(UnpricedModels.MAX_TOLD);
    assertThat(flood("junk", 300, NOON)).as("known ones").isZero();
    assertThat(models.takeOthers(NOON.plus(Duration.ofMinutes(59)))).isEmpty();

    assertThat(models.takeOthers(NOON.plus(HOUR))).hasValue(295);
    assertThat(models.takeOthers(NOON.plus(HOUR))).isEmpty();
  }

  @Test
  void aFloodDoesNotKeepTheNextHoursModelFromBeingTold() {
    flood("junk", 100_000, NOON);

    assertThat(isTold("new", NOON.plus(HOUR))).isTrue();
    assertThat(flood("rubbish", 100_000, NOON.plus(HOUR))).isEqualTo(UnpricedModels.MAX_TOLD - 1);
    assertThat(models.takeOthers(NOON.plus(HOUR.multipliedBy(2)))).hasValue(2 * 100_000 - 9);
  }
}
