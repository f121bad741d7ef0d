package dev.tollgate.servers;

import static dev.tollgate.servers.Hostile.CHAT;
import static dev.tollgate.servers.Hostile.COMPLETIONS;
import static dev.tollgate.servers.Hostile.HELLO;
import static dev.tollgate.servers.Hostile.KEY;
import static dev.tollgate.servers.Hostile.QUESTION;
import static dev.tollgate.servers.Hostile.VICTIM_KEY;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Bodies that are longer or shorter than they say, come slowly, or are wrapped up. */
final class BodyTricks {

  private static final String FRAMING = "framing";
  private static final String CODING = "coding";
  private static final String SLOW = "slow";

  private static final int LENGTH = QUESTION.length();
  private static final String WHOLE = Integer.toHexString(LENGTH) + "\r\n" + QUESTION + "\r\n";

  private BodyTricks() {}

  static Stream<Hostile> all() {
    return Stream.of(lengths(), chunks(), smuggled(), codings(), types(), slow()).flatMap(s -> s);
  }

  private static Hostile ask() {
    return Hostile.post(FRAMING, CHAT).without("Content-Length").raw(QUESTION);
  }

  private static Stream<Hostile> lengths() {
    Stream<Hostile> wrong =
        Stream.of(
                "Content-Length: -1",
                "Content-Length: +" + LENGTH,
                "Content-Length: 0x" + Integer.toHexString(LENGTH),
                "Content-Length: " + LENGTH + ".0",
                "Content-Length: many",
                "Content-Length: " + LENGTH + ", " + (LENGTH + 1),
                "Content-Length: " + LENGTH + "\r\nContent-Length: " + (LENGTH - 1),
                "Content-Length: 0\r\nContent-Length: " + LENGTH,
                "Content-Length: " + (LENGTH - 5),
                "Content-Length: 0",
                "X-Nothing: 1")
            .map(line -> ask().with(line).refused());
    Stream<Hostile> longer =
        Stream.of("18446744073709551616", "9223372036854775807", "2147483648", "35")
            .map(length -> ask().with("Content-Length: " + length).ends().refused());
    Stream<Hostile> doubtful =
        Stream.of(
                "Content-Length: " + LENGTH + ", " + LENGTH,
                "Content-Length: " + LENGTH + "\r\nContent-Length: " + LENGTH,
                "Content-Length:\t" + LENGTH + "\t",
                "Content-Length : " + LENGTH,
                "Content_Length: " + LENGTH,
                "Content-Length: 0000000000" + LENGTH,
                "Content-Length:\r\n " + LENGTH,
                "Transfer-Encoding: identity\r\nContent-Length: " + LENGTH)
            .map(line -> ask().with(line));
    return Stream.of(wrong, longer, doubtful).flatMap(s -> s);
  }

  private static Stream<Hostile> chunks() {
    Stream<Hostile> plain = Stream.of(ask().chunked(WHOLE + "0\r\n\r\n").served());
    Stream<Hostile> endless =
        Stream.of(WHOLE, "7FFFFFFF\r\n" + QUESTION + "\r\n0\r\n\r\n")
            .map(body -> ask().chunked(body).ends().refused());
    Stream<Hostile> odd =
        Stream.of(
                WHOLE + "0\r\n",
                WHOLE + "0\r\nX-API-Key: " + VICTIM_KEY + "\r\n\r\n",
                WHOLE + "0\r\nContent-Length: 1\r\n\r\n",
                WHOLE + "0\r\n" + "X-T: t\r\n".repeat(2000) + "\r\n",
                WHOLE + "00000000000000000000\r\n\r\n",
                WHOLE + "-0\r\n\r\n",
                "0\r\n\r\n",
                "-5\r\n" + QUESTION + "\r\n0\r\n\r\n",
                "0x" + WHOLE + "0\r\n\r\n",
                "FFFFFFFFFFFFFFFF1\r\n" + QUESTION + "\r\n0\r\n\r\n",
                "zz\r\n" + QUESTION + "\r\n0\r\n\r\n",
                "\r\n" + WHOLE + "0\r\n\r\n",
                " " + WHOLE + "0\r\n\r\n",
                WHOLE.replaceFirst("\r\n", ";x=\"y\"\r\n") + "0\r\n\r\n",
                WHOLE.replaceFirst("\r\n", ";" + "e".repeat(20_000) + "\r\n") + "0\r\n\r\n",
                WHOLE.replaceFirst("\r\n", ";x\ny\r\n") + "0\r\n\r\n",
                WHOLE.replace("\r\n", "\n") + "0\n\n",
                WHOLE.replaceFirst("\r\n$", "xx") + "0\r\n\r\n",
                WHOLE.substring(0, WHOLE.length() - 2) + "0\r\n\r\n")
            .map(body -> ask().chunked(body).ends());
    Stream<Hostile> oneByOne =
        Stream.of(
            ask()
                .chunked(
                    QUESTION
                        .chars()
                        .mapToObj(c -> "1\r\n" + (char) c + "\r\n")
                        .reduce("", String::concat)
                        .concat("0\r\n\r\n"))
                .served());
    return Stream.of(plain, endless, odd, oneByOne).flatMap(s -> s);
  }

  /** Requests in which one reader sees one request, and another sees two. */
  private static Stream<Hostile> smuggled() {
    String second =
        "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nX-API-Key: "
            + VICTIM_KEY
            + "x\r\nContent-Type: application/json\r\nContent-Length: "
            + LENGTH
            + "\r\n\r\n"
            + QUESTION;
    Stream<Hostile> both =
        Stream.of(
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: Chunked",
                "transfer-encoding: chunked",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding:\tchunked",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding:\r\n chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
                "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
                "X: x\nTransfer-Encoding: chunked",
                "Transfer\u0000Encoding: chunked",
                "Transfer_Encoding: chunked")
            .flatMap(
                line ->
                    Stream.of(
                        ask().with("Content-Length: " + LENGTH).with(line).raw(QUESTION).ends(),
                        ask()
                            .with("Content-Length: 5")
                            .with(line)
                            .raw("0\r\n\r\n" + second)
                            .ends()
                            .refused()));
    Stream<Hostile> pipelined =
        Stream.of(
            Hostile.post(FRAMING, CHAT).without("Connection").raw(QUESTION + second).ends(),
            Hostile.get(FRAMING, "/gate.svg").with("Content-Length: 0").raw(second),
            Hostile.get(FRAMING, "/gate.svg")
                .with("Content-Length: " + second.length())
                .raw(second));
    return Stream.concat(both, pipelined);
  }

  private static Stream<Hostile> codings() {
    byte[] plain = HELLO.getBytes(UTF_8);
    byte[] large = HELLO.replace("Hi", "0".repeat(20 << 20)).getBytes(UTF_8);
    byte[] bomb = gzip(large);
    Stream<Hostile> packed =
        Stream.of(
            coded(gzip(plain), "gzip"),
            coded(bomb, "gzip"),
            coded(gzip(bomb), "gzip, gzip"),
            coded(bomb, "x-gzip"),
            coded(bomb, "GZIP"),
            coded(deflate(large), "deflate"),
            coded(bomb, "identity"),
            coded(bomb, "identity\r\nContent-Encoding: gzip"));
    Stream<Hostile> unpacked =
        Stream.of("br", "zstd", "compress", "nonsense", "gzip;q=0", "identity, gzip", "\"gzip\"")
            .map(name -> coded(plain, name));
    Stream<Hostile> harmless =
        Stream.of("identity", "IDENTITY", "")
            .map(name -> coded(plain, name))
            .map(BodyTricks::ifPaid);
    return Stream.of(packed, unpacked, harmless).flatMap(s -> s);
  }

  private static Hostile ifPaid(Hostile request) {
    return request.must(Hostile.Must.BE_PAID_IF_SERVED);
  }

  private static Hostile coded(byte[] body, String coding) {
    return Hostile.post(CODING, COMPLETIONS)
        .body(body)
        .with("Content-Encoding: " + coding)
        .refused();
  }

  private static Stream<Hostile> types() {
    return Stream.of(
            "text/plain",
            "text/html",
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-16",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "multipart/form-data; boundary=" + "b".repeat(5000),
            "application/xml",
            "application/json; charset=utf-16",
            "application/json; charset=utf-7",
            "application/json; charset=nonsense",
            "application/json; charset=",
            "application/json; charset=\"",
            "application/json;",
            "application/json, text/html",
            "application/json\r\nContent-Type: text/html",
            "APPLICATION/JSON",
            "*/*",
            "/",
            "\u0000",
            "t".repeat(5000),
            "")
        .flatMap(
            type ->
                Stream.of(CHAT, COMPLETIONS)
                    .map(
                        path ->
                            Hostile.post("type", path)
                                .without("Content-Type")
                                .with("Content-Type: " + type)));
  }

  /** Bodies in pieces between which the client dawdles, some of which never end. */
  private static Stream<Hostile> slow() {
    return Stream.of(
        inPieces(CHAT, QUESTION).served(),
        inPieces(COMPLETIONS, HELLO).served(),
        inPieces(CHAT, QUESTION.substring(0, 10)).ends().refused(),
        inPieces(COMPLETIONS, HELLO.substring(0, 10)).ends().refused(),
        Hostile.post(SLOW, CHAT).raw("").ends().refused(),
        Hostile.post(SLOW, COMPLETIONS).raw("").ends().refused(),
        Hostile.post(SLOW, CHAT)
            .with("Expect: 100-continue")
            .raw(new byte[0], QUESTION.getBytes(UTF_8))
            .served(),
        Hostile.post(SLOW, COMPLETIONS).with("Expect: 100-continue").raw("").ends().refused(),
        Hostile.of(SLOW, "POST /api/chat HTTP/1.1").with("X-API-Key: " + KEY).refused());
  }

  private static Hostile inPieces(String path, String sent) {
    String whole = path.equals(CHAT) ? QUESTION : HELLO;
    byte[][] pieces =
        Stream.of(sent.split("(?<=\\G.{5})"))
            .map(part -> part.getBytes(UTF_8))
            .toArray(byte[][]::new);
    return Hostile.post(SLOW, path).json(whole).raw(pieces);
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return packed.toByteArray();
  }

  private static byte[] deflate(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(packed)) {
      out.write(plain);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return packed.toByteArray();
  }
}
