package dev.tollgate.servers;

import static dev.tollgate.servers.Hostile.CHAT;
import static dev.tollgate.servers.Hostile.COMPLETIONS;
import static dev.tollgate.servers.Hostile.HELLO;
import static dev.tollgate.servers.Hostile.KEY;
import static dev.tollgate.servers.Hostile.MESSAGES;
import static dev.tollgate.servers.Hostile.QUESTION;

import java.util.List;
import java.util.stream.Stream;

/** Other spellings of the paths of services, and other ways to them. */
final class PathTricks {

  private static final String PATH = "path";

  private PathTricks() {}

  static Stream<Hostile> all() {
    return Stream.of(plain(), spellings(), targets(), methods(), dispatches()).flatMap(s -> s);
  }

  /** What tells a corpus that everybody refuses from one that nobody gets through. */
  private static Stream<Hostile> plain() {
    return Stream.of(CHAT, "/api/suggest", COMPLETIONS, MESSAGES)
        .map(path -> Hostile.post(PATH, path).json(path.startsWith("/v1") ? HELLO : QUESTION))
        .map(Hostile::served);
  }

  private static Stream<Hostile> spellings() {
    List<String> ofChat =
        List.of(
            "/api/chat/",
            "/api/chat//",
            "//api/chat",
            "/api//chat",
            "///api///chat",
            "/./api/chat",
            "/api/./chat",
            "/api/chat/.",
            "/api/chat/./",
            "/api/x/../chat",
            "/api/x/..;/chat",
            "/api/x/..;a=b/chat",
            "/x/../api/chat",
            "/../api/chat",
            "/..;/api/chat",
            "/api;x=1/chat",
            "/api/chat;x=1",
            "/api/chat;jsessionid=1",
            "/api/chat;",
            "/;/api/chat",
            "/;x/api;y/chat;z",
            "/api/%63hat",
            "/%61pi/chat",
            "/%61%70%69/%63%68%61%74",
            "/api%2fchat",
            "/api%2Fchat",
            "/%2fapi/chat",
            "/api/%2e/chat",
            "/api/%2e%2e/api/chat",
            "/api/x/%2e%2e/chat",
            "/api/x/.%2e/chat",
            "/api/x/%2E./chat",
            "/api/x/%2e%2e;/chat",
            "/api/x%2f..%2fchat",
            "/api/x/%252e%252e/chat",
            "/api/%2563hat",
            "/api%252fchat",
            "/api/chat%3bx=1",
            "/api/chat%2f",
            "/api/chat%20",
            "/api/chat%09",
            "/api/chat%00",
            "/api/chat%00.html",
            "/api/%00chat",
            "/api/chat.",
            "/api/chat..",
            "/api/chat.html",
            "/api/chat%2e",
            "/api/chat/%2e%2e/chat",
            "/API/CHAT",
            "/Api/Chat",
            "/api/CHAT/",
            "/api%5cchat",
            "/api\\chat",
            "\\api\\chat",
            "/api/..\\api/chat",
            "/api/%c0%ae%c0%ae/api/chat",
            "/api/%e0%80%ae/chat",
            "/api/%uff0e/chat",
            "/api/%u0063hat",
            "/api/ch%c3%a4t",
            "/api/ch\u00e4t",
            "/api/%ef%bd%83hat",
            "/api/c%cc%a7hat",
            "/%ef%bc%8fapi/chat",
            "/api/chat%c2%a0",
            "/api/chat%e2%80%8b",
            "/api/chat%ad",
            "/api/%",
            "/api/%6",
            "/api/%zz",
            "/api/chat#",
            "/api/chat#/x",
            "/api/chat?",
            "/api/chat??",
            "/api/chat?x=%",
            "/api/chat?x=%zz",
            "/api/chat?_method=GET",
            "/api/chat?key=" + KEY,
            "/api/chat?;/../x",
            "/api/chat/..;/chat",
            "/tollgate/..;/api/chat",
            "/tollgate/usage/..;/..;/api/chat",
            "/tollgate/usage/%2e%2e/%2e%2e/api/chat",
            "/gate.svg/..;/api/chat",
            "/gate.svg/../api/chat",
            "/api/chat/tollgate/health",
            "/api/suggest/../chat",
            "/api/batch/..;/chat");
    List<String> ofProvider =
        List.of(
            "/v1//chat/completions",
            "/v1/chat//completions",
            "/v1/chat/completions/",
            "/v1/chat/completions;x=1",
            "/v1;x=1/chat/completions",
            "/v1/chat%2fcompletions",
            "/v1/chat/%63ompletions",
            "/v1/./chat/completions",
            "/v1/x/..;/chat/completions",
            "/v1/x/%2e%2e/chat/completions",
            "/V1/chat/completions",
            "/v1/chat\\completions",
            "/v1/chat/completions%00",
            "/v1/chat/%2563ompletions",
            "/v1/chat/completions?n=5",
            "/v1/messages/..;/chat/completions",
            "/v1/messages/../chat/completions");
    List<String> ofMessages =
        List.of(
            "/v1/messages/",
            "/v1//messages",
            "/v1/messages;x",
            "/v1/%6dessages",
            "/v1/MESSAGES",
            "/v1/messages/batches",
            "/v1/messages/count_tokens",
            "/v1/messages/%2e%2e/messages");
    return Stream.of(
            ofChat.stream().map(path -> Hostile.post(PATH, path)),
            ofProvider.stream().map(path -> Hostile.post(PATH, path).json(HELLO)),
            ofMessages.stream().map(path -> Hostile.post(PATH, path).json(HELLO)))
        .flatMap(s -> s);
  }

  /** Request lines in forms that only proxies or nobody should send. */
  private static Stream<Hostile> targets() {
    return Stream.of(
            "POST http://localhost/api/chat HTTP/1.1",
            "POST http://localhost:1/api/chat HTTP/1.1",
            "POST https://localhost/api/chat HTTP/1.1",
            "POST http://other.example/api/chat HTTP/1.1",
            "POST http://user:secret@localhost/api/chat HTTP/1.1",
            "POST HTTP://LOCALHOST/api//chat HTTP/1.1",
            "POST http://localhost//api/chat;x HTTP/1.1",
            "POST http:/api/chat HTTP/1.1",
            "POST http:///api/chat HTTP/1.1",
            "POST ftp://localhost/api/chat HTTP/1.1",
            "POST api/chat HTTP/1.1",
            "POST localhost:80 HTTP/1.1",
            "POST * HTTP/1.1",
            "POST  /api/chat HTTP/1.1",
            "POST /api/chat  HTTP/1.1",
            "POST\t/api/chat\tHTTP/1.1",
            "POST /api/chat HTTP/1.0",
            "POST /api/chat HTTP/0.9",
            "POST /api/chat HTTP/2.0",
            "POST /api/chat HTTP/1.2",
            "POST /api/chat http/1.1",
            "POST /api/chat HTTP/1.1 x",
            "POST /api/chat",
            " POST /api/chat HTTP/1.1",
            "CONNECT localhost:80 HTTP/1.1",
            "CONNECT /api/chat HTTP/1.1",
            "PRI * HTTP/2.0",
            "POST /api/chat\u0000 HTTP/1.1",
            "POST /api/ch\u0001at HTTP/1.1",
            "POST /api/chat/" + "x/".repeat(3000) + " HTTP/1.1",
            "POST /" + "../".repeat(500) + "api/chat HTTP/1.1",
            "POST /api/chat?" + "x=y&".repeat(1500) + " HTTP/1.1")
        .map(line -> Hostile.of("target", line).with("X-API-Key: " + KEY).json(QUESTION))
        .map(request -> request.head().startsWith("CONNECT") ? request.ends() : request);
  }

  private static Stream<Hostile> methods() {
    Stream<Hostile> odd =
        Stream.of(
                "GET",
                "HEAD",
                "OPTIONS",
                "TRACE",
                "PUT",
                "PATCH",
                "DELETE",
                "post",
                "Post",
                "POSt",
                "POST,GET",
                "PROPFIND",
                "TRACK",
                "DEBUG",
                "X",
                "P\u00d6ST",
                "POST\u0000",
                "BREW")
            .flatMap(
                method ->
                    Stream.of(CHAT, COMPLETIONS)
                        .map(path -> Hostile.of("method", method + " " + path + " HTTP/1.1"))
                        .map(request -> request.with("X-API-Key: " + KEY)))
            .map(request -> request.json(request.head().contains(CHAT) ? QUESTION : HELLO));
    Stream<Hostile> overriding =
        Stream.of(
                "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method")
            .flatMap(
                name ->
                    Stream.of(
                        Hostile.post("method", CHAT).with(name + ": GET").served(),
                        Hostile.get("method", CHAT).with(name + ": POST").json(QUESTION)));
    Stream<Hostile> rewriting =
        Stream.of(
                "X-Original-URL: ", "X-Rewrite-URL: ", "X-Forwarded-Prefix: ", "X-Forwarded-Path: ")
            .flatMap(
                name ->
                    Stream.of(
                        Hostile.post("method", CHAT).with(name + "/gate.svg").served(),
                        Hostile.post("method", "/index.html").with(name + CHAT)));
    Stream<Hostile> preflights =
        Stream.of(CHAT, COMPLETIONS, MESSAGES)
            .map(path -> Hostile.of("method", "OPTIONS " + path + " HTTP/1.1"))
            .map(request -> request.with("Origin: https://elsewhere.example"))
            .map(request -> request.with("Access-Control-Request-Method: POST").json(HELLO))
            .map(Hostile::refused);
    return Stream.of(odd, overriding, rewriting, preflights).flatMap(s -> s);
  }

  /** Servers' own ways to serve one path by another. */
  private static Stream<Hostile> dispatches() {
    Stream<Hostile> paths =
        Stream.of(
                "/error",
                "/api/error",
                "/WEB-INF/../api/chat",
                "/WEB-INF/web.xml",
                "/WEB-INF/classes/META-INF/microprofile-config.properties",
                "/META-INF/MANIFEST.MF",
                "/web-inf/web.xml",
                "/WEB-INF%2fweb.xml",
                "/%57EB-INF/web.xml",
                "/WEB-INF./web.xml",
                "/WEB-INF;/web.xml",
                "/./WEB-INF/web.xml",
                "//WEB-INF/web.xml",
                "/x/..;/WEB-INF/web.xml",
                "/%2e/WEB-INF/web.xml",
                "/WEB-INF/lib/",
                "/META-INF/")
            .map(path -> Hostile.get("dispatch", path));
    Stream<Hostile> attributes =
        Stream.of(
                "jakarta.servlet.include.servlet_path",
                "jakarta.servlet.forward.request_uri",
                "jakarta.servlet.error.request_uri",
                "javax.servlet.include.path_info",
                "dev.tollgate.filter.RequestCharge")
            .flatMap(
                name ->
                    Stream.of(
                        Hostile.post("dispatch", CHAT).with(name + ": /index.html").served(),
                        Hostile.post("dispatch", CHAT + "?" + name + "=/index.html").served()));
    return Stream.concat(paths, attributes);
  }
}
