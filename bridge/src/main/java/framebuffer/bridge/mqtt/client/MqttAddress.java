package framebuffer.bridge.mqtt.client;

import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of an MQTT broker, with credentials.
 *
 * @param host name or address
 * @param port 1–65535; by default 1883, with TLS 8883
 * @param tls whether the scheme is {@code mqtts}
 * @param user null: none
 * @param password never shown; null: none
 * @param authorities PEM file with the certificates of the authorities that are trusted; null: those of the JDK
 */
public record MqttAddress(String host, int port, boolean tls, @Nullable String user, @Nullable Secret password,
        @Nullable Path authorities) {
    private static final Pattern URL = Pattern
            .compile("(?i)(?<scheme>mqtts?)://(?:(?<user>[^:/]*)(?::(?<password>.*))?@)?"
                    + "(?<host>\\[[0-9a-f:.]+]|[^\\[\\]:,/@?#\\s]+)(?::(?<port>\\d{1,5}))?/?");

    /**
     * Parses {@code mqtt://[user:password@]host[:port]}, or {@code mqtts://…} for TLS. In user and password {@code %} begins a
     * percent-encoding; other characters need no encoding.
     *
     * @throws IllegalArgumentException with a message that repeats no part of the address
     */
    public static MqttAddress parse(SecretAddress url, @Nullable Path authorities) {
        Matcher parts = URL.matcher(url.reveal());
        if (!parts.matches()) {
            throw new IllegalArgumentException("must be mqtt://[user:password@]host[:port], or mqtts://… for TLS");
        }
        boolean tls = parts.group("scheme").equalsIgnoreCase("mqtts");
        int port = parts.group("port") == null ? tls ? 8_883 : 1_883 : Integer.parseInt(parts.group("port"));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("has a port that is not from 1 to 65535");
        }
        String password = decoded(parts.group("password"));
        return new MqttAddress(parts.group("host"), port, tls, decoded(parts.group("user")),
                password == null ? null : new Secret(password), authorities);
    }

    private static @Nullable String decoded(@Nullable String part) {
        if (part == null || part.isEmpty()) {
            return null;
        }
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // Its message quotes the password.
            throw new IllegalArgumentException("has a % in user or password, which is written %25");
        }
    }

    /** The address without user and password. */
    @Override
    public String toString() {
        return (tls ? "mqtts" : "mqtt") + "://" + host + ':' + port;
    }
}
