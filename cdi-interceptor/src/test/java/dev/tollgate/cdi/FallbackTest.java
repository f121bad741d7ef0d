package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.ANN;
import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FallbackTest {

  static class Base {
    String canned(String prompt, int max) {
      return "canned for " + prompt + max;
    }
  }

  @ApplicationScoped
  static class Chat extends Base {

    @AiCost(model = "gemini", fallbackMethod = "canned")
    Object ask(@Prompt String prompt, @MaxOutputTokens int max) {
      return "answer";
    }

    @RateLimited(value = "chat", fallbackMethod = "fail")
    void count(boolean checked) throws IOException {}

    private void fail(boolean checked) throws IOException {
      if (checked) {
        throw new IOException("no answer");
      }
      throw new AssertionError("no answer");
    }
  }

  @RateLimited(value = "chat", fallbackMethod = "instead")
  @ApplicationScoped
  static class Whole {
    String first(String prompt) {
      return "answer";
    }

    String second(String prompt) {
      return "answer";
    }

    private String instead(String prompt) {
      return "instead of " + prompt;
    }
  }

  private final Deployed deployed = Deployed.of(Chat.class, Whole.class);
  private final CallContext.Scope ann = asAnn();
  private final Chat chat = deployed.bean(Chat.class);

  @BeforeEach
  void useUp() {
    for (int i = 0; i < 15; i++) {
      deployed.tollgate().reserve(Call.of(ANN, "chat")).orThrow();
    }
  }

  @AfterEach
  void undeploy() {
    ann.close();
    deployed.close();
  }

  @Test
  void answersARefusedCall() {
    assertThat(chat.ask("hello", 7)).isEqualTo("canned for hello7");
    assertThat(deployed.used("requests")).isEqualTo(15);
    assertThat(deployed.used("tokens")).isZero();
  }

  @Test
  void throwsItsOwnExceptionsAsTheyAre() {
    assertThatThrownBy(() -> chat.count(true))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("no answer");
    assertThatThrownBy(() -> chat.count(false)).isExactlyInstanceOf(AssertionError.class);
  }

  @Test
  void answersForEveryMethodOfAClass() {
    Whole whole = deployed.bean(Whole.class);

    assertThat(whole.first("a")).isEqualTo("instead of a");
    assertThat(whole.second("b")).isEqualTo("instead of b");
  }
}
