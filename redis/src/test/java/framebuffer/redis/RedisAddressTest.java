package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.wire.Secret;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {

    @ParameterizedTest
    @CsvSource({"redis://localhost, localhost, 6379, false, 0", "redis://localhost:7000/3, localhost, 7000, false, 3",
            "rediss://redis.example:6380, redis.example, 6380, true, 0", "10.0.0.1:7000, 10.0.0.1, 7000, false, 0",
            "redis://my_redis:6379/, my_redis, 6379, false, 0", "redis://[::1]:6379, [::1], 6379, false, 0",
            "localhost, localhost, 6379, false, 0", "redis://host:, host, 6379, false, 0",
            "REDIS://host, host, 6379, false, 0"})
    void aUrlIsRead(String url, String host, int port, boolean tls, int database) {
        assertThat(RedisAddress.parse(url)).isEqualTo(
                new RedisAddress(host, port, tls, null, null, database, ConnectTimeouts.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource({"redis://:secret@host, , secret", "redis://anna:secret@host, anna, secret",
            "redis://anna@host, anna, ", "redis://a%40b:p%3A%2F%40%25+%20@host, a@b, 'p:/@%+ '",
            "redis://:a:b@host, , a:b", "redis://my:g%C3%A9heim@my_host, my, géheim",
            "redis://:p@ss/word#1?@host:1/2, , p@ss/word#1?", "redis://me:^ ^@host, me, ^ ^"})
    void userAndPasswordMayHoldAnything(String url, String user, String password) {
        RedisAddress address = RedisAddress.parse(url);
        assertThat(address.user()).isEqualTo(user);
        assertThat(Secret.textOf(address.password())).isEqualTo(password);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://host", "redis://", "redis:///0", "redis://host/one", "redis://host/-1",
            "redis://host/4294967295", "redis://host:0", "redis://host:65536", "redis://host:port", "redis://host:-1",
            "redis://ho st", "", "redis://host:99999999999"})
    void whatIsNoRedisUrlIsRefused(String url) {
        assertThatThrownBy(() -> RedisAddress.parse(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Redis");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://:hush%@host", "redis://me:hush%zz@host", "redis://me:hush@", "http://me:hush@host",
            "redis://me:hush@host:port", "redis://me:hush@host/one", "redis://me:hush@host:0", "redis://me:hush@ho st"})
    void aRefusalNeverShowsThePassword(String url) {
        assertThatThrownBy(() -> RedisAddress.parse(url)).satisfies(e -> {
            StringWriter all = new StringWriter();
            e.printStackTrace(new PrintWriter(all));
            assertThat(all.toString()).doesNotContain("hush");
        });
    }

    @Test
    void itIsShownWithoutUserAndPassword() {
        assertThat(RedisAddress.parse("redis://anna:hush@host:1/2")).hasToString("redis://host:1/2");
        assertThat(RedisAddress.parse("rediss://:hush@host")).hasToString("rediss://host:6379");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
            "redis+sentinel://one/main redis+sentinel://one:26379/main one 26379",
            "redis+sentinel://one:1,two,[::1]:3/my-main.1/2 redis+sentinel://one:1,two:26379,[::1]:3/my-main.1/2 one 1",
            "REDISS+Sentinel://me:p/a,b@one:1,two:2/main rediss+sentinel://one:1,two:2/main one 1",
            "redis+sentinel://:hush@one/main redis+sentinel://one:26379/main one 26379"})
    void sentinelsAreNamedWithTheirMaster(String url, String shown, String host, int port) {
        RedisAddress address = RedisAddress.parse(url);
        assertThat(address).hasToString(shown);
        assertThat(address.host()).isEqualTo(host);
        assertThat(address.port()).isEqualTo(port);
        assertThat(address.with(ConnectTimeouts.DEFAULT)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis+sentinel://me:hush@one", "redis+sentinel://me:hush@/main",
            "redis+sentinel://me:hush@one,/main", "redis+sentinel://me:hush@one:0/main",
            "redis+sentinel://me:hush@one/main/x", "http+sentinel://me:hush@one/main",
            "redis+sentinel://me:hush@one/ma in"})
    void whatNamesNoSentinelsIsRefusedWithoutItsPassword(String url) {
        assertThatThrownBy(() -> RedisAddress.parse(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Redis").hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"redis+cluster://one redis+cluster://one:6379 one 6379",
            "REDISS+Cluster://me:p/a,b@one:1,[::1]:3/ rediss+cluster://one:1,[::1]:3 one 1"})
    void someNodesOfAClusterAreNamed(String url, String shown, String host, int port) {
        RedisAddress address = RedisAddress.parse(url);
        assertThat(address).hasToString(shown);
        assertThat(address.holding("{p0}x")).hasToString(shown);
        assertThat(address.host()).isEqualTo(host);
        assertThat(address.port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis+cluster://me:hush@", "redis+cluster://me:hush@one/1", "redis+cluster://me:hush@one,",
            "redis+cluster://me:hush@one:0", "http+cluster://me:hush@one", "redis+moon://me:hush@one"})
    void whatNamesNoClusterIsRefusedWithoutItsPassword(String url) {
        assertThatThrownBy(() -> RedisAddress.parse(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Redis").hasMessageNotContaining("hush");
    }
}
