package framebuffer.bridge.mqtt.client;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttClientSslConfigBuilder;
import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfigBuilder;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.datatypes.MqttTopic;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.message.auth.Mqtt3SimpleAuth;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3Connect;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscribe;
import com.hivemq.client.mqtt.mqtt3.message.unsubscribe.Mqtt3Unsubscribe;
import framebuffer.wire.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a broker, MQTT 3.1.1 with a clean session, every message with quality of service 1. It never reconnects: once it has
 * failed, it stays failed. For each caller, at most 100 messages and 256 KiB, or one larger message, wait for their acknowledgements.
 * Thread-safe.
 */
public final class MqttConnection implements AutoCloseable {
    /** A broker notices after one and a half of this that a client is gone. */
    private static final int KEEP_ALIVE_SECONDS = 20;
    private static final int MOST_MESSAGES = 100;
    private static final int MOST_BYTES = 256 << 10;

    private final Mqtt3AsyncClient client;
    private final Duration timeout;
    private final CountDownLatch ended;

    private MqttConnection(Mqtt3AsyncClient client, Duration timeout, CountDownLatch ended) {
        this.client = client;
        this.timeout = timeout;
        this.ended = ended;
    }

    /**
     * Connects and logs in. A broker ends an earlier connection with the same client id, and publishes the will of that one first.
     *
     * @param will published by the broker when the connection breaks; not after {@link #close}, nor when an acknowledgement was late
     * @param timeout for the connection, and for each acknowledgement after the one before
     * @throws MqttUnavailable when the broker does not answer or refuses, or the file of the authorities cannot be used
     */
    public static MqttConnection open(MqttAddress address, String clientId, MqttMessage will, Duration timeout)
            throws MqttUnavailable, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Mqtt3AsyncClient client = MqttClient.builder().useMqttVersion3().identifier(clientId)
                .addDisconnectedListener(_ -> ended.countDown()).transportConfig(transport(address, timeout))
                .buildAsync();
        CompletableFuture<?> connected = client.connect(Mqtt3Connect.builder().cleanSession(true)
                .keepAlive(KEEP_ALIVE_SECONDS).simpleAuth(login(address)).willPublish(publish(will)).build());
        boolean usable = false;
        try {
            connected.get(timeout.toMillis() * 2, TimeUnit.MILLISECONDS);
            usable = true;
            return new MqttConnection(client, timeout, ended);
        } catch (ExecutionException | TimeoutException e) {
            throw new MqttUnavailable("no MQTT broker at " + address + ": " + reason(e), e);
        } finally {
            if (!usable) {
                // It may still connect, when nobody waits for it.
                var _ = connected.thenCompose(_ -> client.disconnect());
            }
        }
    }

    private static MqttClientTransportConfig transport(MqttAddress address, Duration timeout) throws MqttUnavailable {
        MqttClientTransportConfigBuilder config = MqttClientTransportConfig.builder()
                .serverHost(address.host().replaceAll("[\\[\\]]", "")).serverPort(address.port())
                .socketConnectTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .mqttConnectTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        return (address.tls() ? config.sslConfig(tls(address.authorities())) : config).build();
    }

    private static @Nullable Mqtt3SimpleAuth login(MqttAddress address) {
        String user = address.user();
        Secret password = address.password();
        if (user == null) {
            return null;
        }
        var auth = Mqtt3SimpleAuth.builder().username(user);
        return password == null
                ? auth.build()
                : auth.password(password.reveal().getBytes(StandardCharsets.UTF_8)).build();
    }

    private static MqttClientSslConfig tls(@Nullable Path authorities) throws MqttUnavailable {
        MqttClientSslConfigBuilder config = MqttClientSslConfig.builder();
        if (authorities == null) {
            return config.build();
        }
        try (InputStream pem = Files.newInputStream(authorities)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("authority-" + number++, one);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return config.trustManagerFactory(trust).build();
        } catch (IOException | GeneralSecurityException e) {
            throw new MqttUnavailable("cannot use the certificates in " + authorities + ": " + reason(e), e);
        }
    }

    private static Mqtt3Publish publish(MqttMessage message) {
        return Mqtt3Publish.builder().topic(message.topic()).qos(MqttQos.AT_LEAST_ONCE).payload(message.payload())
                .retain(message.retained()).build();
    }

    private static String reason(Throwable e) {
        Throwable last = e;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
    }

    /** Whether the connection has neither failed nor been closed. */
    public boolean isOpen() {
        return ended.getCount() > 0;
    }

    /** Waits until the connection has ended, at most this long. */
    public boolean awaitEnd(Duration most) throws InterruptedException {
        return ended.await(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether MQTT can carry this message: a topic has at most 65,535 bytes, and MQTT forbids some characters in it. */
    public static boolean canCarry(MqttMessage message) {
        try {
            return !MqttTopic.of(message.topic()).getLevels().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Publishes messages in this order, and waits until the broker has acknowledged them. If no acknowledgement comes for the timeout, the
     * connection ends: otherwise the client would send the message later, while the caller offers it again.
     *
     * @param messages each of which MQTT {@link #canCarry}
     * @return how many, from the first, are acknowledged; fewer than all when the connection has failed or ended
     */
    public int publish(List<MqttMessage> messages) throws InterruptedException {
        List<CompletableFuture<Mqtt3Publish>> sent = new ArrayList<>(messages.size());
        int done = 0;
        int bytes = 0;
        while (done < messages.size() && isOpen()) {
            // The next messages follow each acknowledgement: a broker holds back the acknowledgements of a client that only waits.
            while (sent.size() < messages.size() && fits(messages.get(sent.size()), sent.size() - done, bytes)) {
                MqttMessage next = messages.get(sent.size());
                bytes += next.payload().length;
                sent.add(client.publish(publish(next)));
            }
            if (!isDone(sent.get(done))) {
                ended.countDown();
                var _ = client.disconnect();
                return done;
            }
            bytes -= messages.get(done).payload().length;
            done++;
        }
        return done;
    }

    private static boolean fits(MqttMessage next, int waiting, int bytes) {
        return waiting == 0 || (waiting < MOST_MESSAGES && bytes + next.payload().length <= MOST_BYTES);
    }

    /**
     * Receives what is published to these topics.
     *
     * @param receiver called on a thread of the connection; must not block
     * @return whether the broker has acknowledged
     */
    public boolean subscribe(String filter, Consumer<MqttMessage> receiver) throws InterruptedException {
        return isDone(client.subscribe(
                Mqtt3Subscribe.builder().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).build(),
                message -> receiver.accept(new MqttMessage(message.getTopic().toString(), message.getPayloadAsBytes(),
                        message.isRetain()))));
    }

    /** Ends a subscription without waiting for the broker. */
    public void unsubscribe(String filter) {
        var _ = client.unsubscribe(Mqtt3Unsubscribe.builder().topicFilter(filter).build());
    }

    private boolean isDone(CompletableFuture<?> asked) throws InterruptedException {
        try {
            asked.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** Ends the connection; the broker then does not publish the will. */
    @Override
    public void close() {
        try {
            isDone(client.disconnect());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ended.countDown();
    }
}
