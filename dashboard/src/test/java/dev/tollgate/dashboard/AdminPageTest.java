package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Usage;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators see, and nobody else. */
class AdminPageTest {

  private PageServer server;

  @BeforeEach
  void start() throws Exception {
    server = PageServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private HttpResponse<String> asOperator(String path) throws Exception {
    return server.get(
        path, "User", "olga", "Role", "tollgate-admin", "Accept", "text/html,*/*;q=0.8");
  }

  private void call(String caller, long input, long output) {
    server
        .tollgate()
        .reserve(Call.of(new Caller(caller, "free"), "chat").model("m").estimate(input, output))
        .orThrow()
        .settle(Usage.of(input, output));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"admin", "admin/", "admin/callers", "admin/callers?id=ann", "admin/configuration"})
  void onlyOperatorsMaySeeThem(String path) throws Exception {
    assertThat(server.get(path).statusCode()).isEqualTo(403);
    HttpResponse<String> user = server.get(path, "User", "ann", "Role", "free");
    assertThat(user.statusCode()).isEqualTo(403);
    assertThat(user.body()).contains("log in as a user in the role tollgate-admin");
    assertThat(asOperator(path).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    assertThat(asOperator("admin/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void alertsOfEverybodyAreShown() throws Exception {
    String name = "<script>alert(1)</script>";
    call(name, 8000, 500);
    String page = "";
    for (int i = 0; i < 200 && !page.contains("80 % of tokens-per-day"); i++) {
      page = asOperator("admin").body();
    }
    assertThat(page)
        .contains("80 % of tokens-per-day is used")
        .contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>")
        .doesNotContain("<script>");
  }

  @Test
  void anyCallersUsageIsShown() throws Exception {
    call("ann b", 700, 300);
    String id = URLEncoder.encode("ann b", StandardCharsets.UTF_8);
    assertThat(asOperator("admin/callers?id=" + id + "&tier=free").body())
        .contains("<bdi>ann b</bdi>")
        .contains("1,000 of 10,000 used");
  }

  @Test
  void aCallerOfNoTierIsAProblem() throws Exception {
    assertThat(asOperator("admin/callers?id=ann&tier=gold").statusCode()).isEqualTo(400);
  }

  @Test
  void theConfigurationIsShownWithItsOrigins() throws Exception {
    assertThat(asOperator("admin/configuration").body())
        .contains("tollgate.nodes")
        .contains("SysPropConfigSource");
  }
}
