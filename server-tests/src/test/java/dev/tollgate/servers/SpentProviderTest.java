package dev.tollgate.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.servers.Client.Reply;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The sample's own services when their provider says that the account has no money left. */
class SpentProviderTest {

  private static final String CALLER = "asker";
  private static final String LIMIT = "500 USD/month";

  @Test
  void nothingIsAskedOfAProviderThatIsSpent() throws IOException {
    try (ProviderStandIn provider = ProviderStandIn.open();
        Instance instance =
            Instance.start(
                Server.TOMCAT,
                "spent",
                Map.of(
                    "sample.keys",
                    CALLER + ":pro",
                    "sample.provider.url",
                    provider.url(),
                    "sample.provider.key",
                    ProviderStandIn.KEY,
                    "tollgate.store",
                    "memory:",
                    "tollgate.provider.one.hard-limit",
                    LIMIT,
                    "tollgate.provider.one.routes",
                    "chat",
                    "tollgate.provider.two.hard-limit",
                    LIMIT,
                    "tollgate.provider.two.routes",
                    "suggest",
                    "tollgate.provider.three.hard-limit",
                    LIMIT,
                    "tollgate.provider.three.routes",
                    "batch"))) {
      int asked = 0;
      for (String service : new String[] {"/api/chat", "/api/suggest", "/api/batch"}) {
        assertThat(ask(instance, service, "Hello").status()).as(service).isEqualTo(200);
        Reply told = ask(instance, service, ProviderStandIn.SPENT_QUESTION);
        assertThat(told.status()).as(service).isEqualTo(502);
        assertThat(told.body()).as(service).doesNotContain("insufficient_quota");
        asked += 2;

        Reply after = ask(instance, service, "Hello");

        assertThat(after.status()).as(service).isEqualTo(429);
        assertThat(after.headers().firstValue("x-should-retry")).as(service).hasValue("false");
        assertThat(provider.calls()).as(service).isEqualTo(asked);
      }
    }
  }

  private static Reply ask(Instance instance, String service, String prompt) {
    String question = "{\"prompt\":\"" + prompt + "\",\"maxTokens\":16}";
    return instance.client().post(service, question, "X-API-Key", CALLER);
  }
}
