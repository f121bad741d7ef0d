package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.CallerOverride;
import dev.tollgate.Decision;
import dev.tollgate.Ladder;
import dev.tollgate.Ladder.Action;
import dev.tollgate.Ladder.Rung;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.OnStoreFailure;
import dev.tollgate.Policies;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import dev.tollgate.store.MemoryStore;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a caller is told of the mode, by the page and by its JSON: what becomes of the calls. */
class UsageModeTest {

  private static final Caller ANN = new Caller("ann", "free");

  /** One more request is abnormal. */
  private static final int NORMAL = 45;

  private PageServer server;

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private void start(Ladder ladder, long quota, AnomalyPolicy.Action action) throws Exception {
    server = PageServer.start(clock -> engine(policies(ladder, quota, action), clock));
  }

  private static Policies policies(Ladder ladder, long quota, AnomalyPolicy.Action action) {
    Tier free =
        Tier.of(
                "free",
                Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), NORMAL + 1),
                Limit.of(
                    Meter.REQUESTS, quota, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC)))
            .ladder(ladder);
    AnomalyPolicy anomalies = new AnomalyPolicy(action, Map.of("free", 10L));
    return Policies.of(List.of(free), List.of(Route.of("chat")), new PriceBook(Map.of()))
        .with(new Spending(List.of(), BreakerPolicy.OFF, anomalies));
  }

  private static Tollgate engine(Policies policies, InstantSource clock) {
    return Tollgate.builder(policies, new MemoryStore(100, clock))
        .clock(clock)
        .onStoreFailure(OnStoreFailure.CLOSED, 1)
        .build();
  }

  private Decision ask() {
    return server.tollgate().reserve(Call.of(ANN, "chat").estimate(1, 1));
  }

  private void ask(int times) {
    for (int i = 0; i < times; i++) {
      ask().orThrow().settle(Usage.of(1, 1));
    }
  }

  /** Both say so, and nothing of another mode. */
  private void assertTold(String name, String mode, String reason, String left, String until)
      throws Exception {
    HttpResponse<String> page = server.get("usage", "User", "ann", "Accept", "text/html");
    String text = page.body().replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ");
    assertThat(text).contains(name, reason + " This ends in " + left + " .");
    for (String other : List.of("Full mode", "Restricted mode", "Calls are refused")) {
      assertThat(text.contains(other)).as(other).isEqualTo(other.equals(name));
    }
    assertThat(text.contains("answers to 256 tokens")).isEqualTo(mode.equals("restricted"));

    JsonNode usage = usage();
    assertThat(usage.path("mode").textValue()).isEqualTo(mode);
    assertThat(usage.path("notice").textValue()).isEqualTo(reason + " Until " + until + ".");
  }

  private JsonNode usage() throws Exception {
    HttpResponse<String> answer = server.get("usage", "User", "ann");
    return Json.read(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  private void assertFull() throws Exception {
    assertThat(server.get("usage", "User", "ann", "Accept", "text/html").body())
        .contains("Full mode")
        .doesNotContain("This ends in");
    assertThat(usage().path("mode").textValue()).isEqualTo("full");
    assertThat(usage().has("notice")).isFalse();
  }

  @Test
  void aBlockOfAnOperatorIsToldWithItsEnd() throws Exception {
    start(Ladder.DEFAULT, 1000, AnomalyPolicy.Action.OFF);
    server
        .tollgate()
        .override(
            new CallerOverride(
                "ann",
                new CallerOverride.Block(),
                PageServer.NOW.plus(Duration.ofHours(36)),
                "olga",
                "A leaked key"));
    assertThat(ask()).isInstanceOf(Decision.Refused.class);
    assertTold(
        "Calls are refused",
        "refused",
        "An operator has blocked this caller: calls are refused.",
        "1 d 12 h",
        "2026-03-12T00:00:00Z");
    assertThat(server.get("usage", "User", "ann", "Accept", "text/html").body())
        .as("what operators say to one another")
        .doesNotContain("leaked", "olga");
    server.tollgate().endOverride("ann");
    assertFull();
  }

  @Test
  void anAbnormalCallerThatIsBlockedHasAQuotaLeftAndIsToldWhy() throws Exception {
    start(Ladder.DEFAULT, 1000, AnomalyPolicy.Action.BLOCK);
    ask(NORMAL);
    assertFull();
    ask(1);
    assertThat(ask()).isInstanceOf(Decision.Refused.class);
    assertTold(
        "Calls are refused",
        "refused",
        "The use of this caller is abnormal: calls are refused.",
        "1 d",
        "2026-03-11T12:00:00Z");
  }

  @Test
  void anAbnormalCallerThatIsRestrictedIsToldWhyThoughItsRateIsUsedUpToo() throws Exception {
    start(Ladder.DEFAULT, 1000, AnomalyPolicy.Action.RESTRICT);
    ask(NORMAL + 1);
    for (Duration later : List.of(Duration.ZERO, Duration.ofHours(1))) {
      server.setTime(PageServer.NOW.plus(later));
      Class<?> decided = later.isZero() ? Decision.Refused.class : Decision.Restricted.class;
      assertThat(server.tollgate().check(Call.of(ANN, "chat"))).isInstanceOf(decided);
      assertTold(
          "Restricted mode",
          "restricted",
          "The use of this caller is abnormal: calls are restricted.",
          later.isZero() ? "1 d" : "23 h",
          "2026-03-11T12:00:00Z");
    }
    server.tollgate().reset("ann");
    assertFull();
  }

  @Test
  void anAbnormalCallerOfWhomOnlyOperatorsAreToldIsInFullMode() throws Exception {
    start(Ladder.DEFAULT, 1000, AnomalyPolicy.Action.ALERT);
    ask(NORMAL + 1);
    assertFull();
  }

  @Test
  void fromTheRungThatRestrictsToTheOneThatRefusesAQuotaRestricts() throws Exception {
    start(Ladder.DEFAULT, 4, AnomalyPolicy.Action.OFF);
    ask(3);
    assertFull();
    for (int used = 4; used < 6; used++) {
      ask(1);
      assertTold(
          "Restricted mode",
          "restricted",
          "Requests per day is used up: calls are restricted.",
          "12 h",
          "2026-03-11T00:00:00Z");
    }
    ask(1);
    assertThat(ask()).isInstanceOf(Decision.Refused.class);
    assertTold(
        "Calls are refused",
        "refused",
        "Requests per day is used up: calls are refused.",
        "12 h",
        "2026-03-11T00:00:00Z");
  }

  @Test
  void aLadderThatOnlyRefusesNeverRestricts() throws Exception {
    start(Ladder.REFUSE, 4, AnomalyPolicy.Action.OFF);
    ask(3);
    assertFull();
    ask(1);
    assertThat(ask()).isInstanceOf(Decision.Refused.class);
    assertTold(
        "Calls are refused",
        "refused",
        "Requests per day is used up: calls are refused.",
        "12 h",
        "2026-03-11T00:00:00Z");
  }

  @Test
  void aQuotaThatRestrictsBeforeItsEndIsNotCalledUsedUp() throws Exception {
    start(new Ladder(List.of(new Rung(50, Action.RESTRICT))), 4, AnomalyPolicy.Action.OFF);
    ask(2);
    assertThat(ask()).isInstanceOf(Decision.Restricted.class);
    assertTold(
        "Restricted mode",
        "restricted",
        "Requests per day is nearly used up: calls are restricted.",
        "12 h",
        "2026-03-11T00:00:00Z");
  }

  @Test
  void nothingIsRefusedInShadowMode() throws Exception {
    start(Ladder.REFUSE, 4, AnomalyPolicy.Action.BLOCK);
    Policies told = server.tollgate().policies();
    server
        .tollgate()
        .reload(new Policies(told.tiers(), told.routes(), told.prices(), true, told.spending()));
    ask(NORMAL + 1);
    assertThat(ask()).isInstanceOf(Decision.Shadowed.class);
    assertFull();
  }

  @Test
  void whoseCallsAreRefusedWhileTheStoreIsSilentIsNotInFullMode() throws Exception {
    server = PageServer.start();
    server.outage().begin();
    assertThat(ask()).isInstanceOf(Decision.Refused.class);
    assertThat(usage().path("mode").textValue()).isEqualTo("refused");
    assertThat(usage().path("notice").textValue())
        .isEqualTo("Limits cannot be checked at the moment: calls are refused.");
    assertThat(server.get("usage", "User", "ann", "Accept", "text/html").body())
        .contains("Calls are refused", "Limits cannot be checked at the moment")
        .doesNotContain("Full mode");
  }
}
