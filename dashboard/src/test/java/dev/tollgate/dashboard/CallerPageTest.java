package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import dev.tollgate.store.MemoryStore;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators see of a caller: with the right tier, and what is abnormal about it. */
class CallerPageTest {

  private static final Window DAY = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);

  /** The first by its name is not the one that callers have. */
  private static final List<Tier> TIERS =
      List.of(
          Tier.of("free", Limit.of(Meter.REQUESTS, 1000, DAY)),
          Tier.of("pro", Limit.of(Meter.REQUESTS, 9000, DAY)));

  private PageServer server;

  @BeforeEach
  void start() throws Exception {
    AnomalyPolicy anomalies = new AnomalyPolicy(AnomalyPolicy.Action.BLOCK, Map.of("pro", 10L));
    Policies policies =
        Policies.of(TIERS, List.of(Route.of("chat")), new PriceBook(Map.of()))
            .with(new Spending(List.of(), BreakerPolicy.OFF, anomalies));
    server =
        PageServer.start(
            clock -> Tollgate.builder(policies, new MemoryStore(1000, clock)).clock(clock).build());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private void call(String caller, String tier) {
    Call call = Call.of(new Caller(caller, tier), "chat").estimate(1, 1);
    Decision decision = server.tollgate().reserve(call);
    if (!(decision instanceof Decision.Refused)) {
      decision.orThrow().settle(Usage.of(1, 1));
    }
  }

  /** The words of a page. */
  private String page(String path) throws Exception {
    return server
        .get(path, "User", "olga", "Role", "tollgate-admin", "Accept", "text/html")
        .body()
        .replaceAll("<[^>]*>", " ")
        .replaceAll("\\s+", " ")
        .replace("&#39;", "'");
  }

  @Test
  void aCallerIsShownWithTheTierOfItsLastCall() throws Exception {
    call("ann", "pro");
    assertThat(page("admin/callers?id=ann"))
        .contains("ann · tier pro", "1 of 9,000 used")
        .doesNotContain("Assuming", "Shown as if");
    assertThat(page("admin/callers?id=ann&tier=")).contains("ann · tier pro");
  }

  @Test
  void aTierThatIsAskedForIsShownAndWhatIsKnownIsSaid() throws Exception {
    call("ann", "pro");
    assertThat(page("admin/callers?id=ann&tier=free"))
        .contains("ann · tier free", "1 of 1,000 used")
        .contains("The tier of this caller's last call is pro. Shown as if of tier free.");
  }

  @Test
  void anAssumedTierIsSaidToBeOne() throws Exception {
    assertThat(page("admin/callers?id=bob"))
        .contains("bob · tier free", "No call of this caller is known. Assuming tier free.");
    call("ann", "pro");
    Policies policies = server.tollgate().policies();
    server
        .tollgate()
        .reload(
            new Policies(
                Map.of("free", TIERS.get(0)),
                policies.routes(),
                policies.prices(),
                false,
                policies.spending()));
    assertThat(page("admin/callers?id=ann"))
        .contains("The tier of this caller's last call is pro. Assuming tier free.");
  }

  @Test
  void abnormalCallersAreListedWithWhatBecomesOfThem() throws Exception {
    assertThat(page("admin")).doesNotContain("Abnormal callers");
    for (int i = 0; i < 50; i++) {
      call("<b>bot", "pro");
    }
    String expected =
        "&lt;b&gt;bot 46 requests within 10 minutes: more than 45 are abnormal for this caller";
    assertThat(await(expected + " Blocked for 1 d")).contains("Abnormal callers");
    assertThat(page("admin/callers?id=%3Cb%3Ebot"))
        .contains("tier pro", "The use of this caller is abnormal: calls are refused.");

    server.setTime(PageServer.NOW.plus(Duration.ofHours(25)));
    assertThat(page("admin")).contains(expected + " Over");
  }

  /** The engine tells of alerts on a thread of its own. */
  private String await(String expected) throws Exception {
    String page = page("admin");
    for (int i = 0; i < 200 && !page.contains(expected); i++) {
      page = page("admin");
    }
    assertThat(page).contains(expected);
    return page;
  }
}
