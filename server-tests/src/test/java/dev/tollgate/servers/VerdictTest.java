package dev.tollgate.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.servers.Verdict.Tried;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who judges hostile requests has to notice each way to get past. */
class VerdictTest {

  private static final String VICTIM = "holder-of-another-key";
  private static final Account NOTHING = new Account(0, 0, BigDecimal.ZERO);
  private static final Account ONE_CALL = new Account(1, 12, new BigDecimal("0.00001"));

  private static Verdict of(Hostile request, String answer, long calls, Account attacker) {
    Tried tried = new Tried(request, new RawAnswer(answer));
    return new Verdict(List.of(tried), calls, calls * 12, attacker, NOTHING);
  }

  private static String answer(int status, String headerLine, String body) {
    return "HTTP/1.1 %d x\r\n%s\r\n\r\n%s".formatted(status, headerLine, body);
  }

  private static List<String> bypasses(String answer) {
    return of(Hostile.get("x", "/"), answer, 0, NOTHING).bypasses(VICTIM);
  }

  @Test
  void aCallThatIsPaidAndARefusalAreNoBypass() {
    Hostile request = Hostile.post("x", Hostile.CHAT);
    Verdict paid = of(request.served(), answer(200, "A: b", "Well."), 1, ONE_CALL);
    Verdict refused = of(request.refused(), answer(400, "A: b", "No."), 0, NOTHING);
    assertThat(paid.bypasses(VICTIM)).isEmpty();
    assertThat(paid.surprises()).isEmpty();
    assertThat(refused.bypasses(VICTIM)).isEmpty();
    assertThat(refused.surprises()).isEmpty();
  }

  @Test
  void aCallThatNobodyPaysForIsOne() {
    Hostile request = Hostile.post("x", Hostile.CHAT);
    assertThat(of(request, answer(200, "A: b", "Well."), 1, NOTHING).bypasses(VICTIM)).hasSize(2);
  }

  @Test
  void aCallThatAnotherPaysForIsOne() {
    Tried tried = new Tried(Hostile.get("x", "/"), new RawAnswer(answer(200, "A: b", "")));
    assertThat(new Verdict(List.of(tried), 0, 0, NOTHING, ONE_CALL).bypasses(VICTIM)).hasSize(1);
  }

  @Test
  void whatIsOthersIsOneUnlessAnOperatorAsks() {
    String usage = answer(200, "A: b", "{\"caller\":\"" + VICTIM + "\"}");
    assertThat(bypasses(usage)).hasSize(1);
    Hostile operator = Hostile.get("x", "/").with("Authorization: " + Hostile.OPERATOR);
    assertThat(of(operator, usage, 0, NOTHING).bypasses(VICTIM)).isEmpty();
  }

  @Test
  void errorsInjectedHeadersAndScriptsAreOne() {
    assertThat(bypasses(answer(500, "Content-Security-Policy: x", ""))).hasSize(1);
    assertThat(bypasses(answer(500, "A: b", "at dev.tollgate.Tollgate"))).hasSize(1);
    assertThat(bypasses(answer(200, "X-Injected: yes", ""))).hasSize(1);
    String page = answer(200, "Content-Type: text/html", InjectionTricks.SCRIPT);
    assertThat(bypasses(page)).hasSize(1);
  }

  @Test
  void aRefusedRequestThatIsChargedSurprises() {
    Hostile request = Hostile.post("x", Hostile.CHAT);
    Account charged = new Account(1, 0, BigDecimal.ZERO);
    assertThat(of(request.refused(), answer(400, "A: b", ""), 0, charged).surprises()).hasSize(1);
    assertThat(of(request.served(), answer(400, "A: b", ""), 0, NOTHING).surprises()).hasSize(1);
  }
}
