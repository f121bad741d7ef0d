package dev.tollgate.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A configuration with mistakes in it, on each server. */
class WrongConfigurationTest {

  @ParameterizedTest
  @EnumSource(Server.class)
  void stopsTheDeploymentWithOneMessageThatNamesEveryProblem(Server server) throws IOException {
    Map<String, String> mistakes =
        Map.of(
            "tollgate.tier.free.rate", "ten a minute",
            "tollgate.tier.free.qouta", "200 requests/day",
            "tollgate.zone", "Europe/Atlantis");
    try (Instance instance = Instance.start(server, "mistaken-" + server, mistakes)) {
      assertThat(instance.client().get("/").status()).isNotEqualTo(200);
      assertThat(instance.log())
          .contains("ten a minute")
          .contains("tollgate.tier.free.qouta")
          .contains("tollgate.tier.free.quota")
          .contains("Europe/Atlantis");
    }
  }
}
