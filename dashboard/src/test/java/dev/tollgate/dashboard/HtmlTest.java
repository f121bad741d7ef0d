package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HtmlTest {

  @Test
  void textsAndAttributesAreEscaped() {
    String hostile = "<script>alert(\"a\" + 'b')</script> & \u0000\u202e";
    String html =
        new Html().open("p", "title", hostile).foreign(hostile).leaf("br").close().finish();
    String escaped =
        "&lt;script&gt;alert(&quot;a&quot; + &#39;b&#39;)&lt;/script&gt; &amp; \ufffd\u202e";
    assertThat(html).isEqualTo("<p title=\"" + escaped + "\"><bdi>" + escaped + "</bdi><br></p>");
  }

  @Test
  void whatIsLeftOpenIsAMistake() {
    Html html = new Html().open("p");
    assertThatThrownBy(html::finish).hasMessage("elements [p] are not closed");
  }
}
