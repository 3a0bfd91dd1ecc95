package framebuffer.wire;

/**
 * The Redis keys of one partition (contract §2). All of them begin with the same prefix, so that a prefix with a hash tag
 * ({@code {p0}}) keeps the partition within one slot of a Redis Cluster.
 *
 * @param prefix
 *            put in front of every name; empty by default
 */
public record Keys(String prefix) {
    /** What every work queue's name begins with, behind the prefix. */
    public static final String READY = "frames:ready:";

    /** The names without a prefix. */
    public static final Keys DEFAULT = new Keys("");

    /** Stream: frames as captured, written by producers. */
    public String capture() {
        return prefix + "frames:capture";
    }

    /** Stream: the work queue with this name, which begins with {@link #READY}. */
    public String queue(String name) {
        return prefix.isEmpty() ? name : prefix + name;
    }

    /** Stream: results, unless a processor names its own. */
    public String results() {
        return prefix + "frames:results";
    }

    /** Stream: frames that processors give back. */
    public String returned() {
        return prefix + "frames:returned";
    }

    /** Stream: frames that may not go yet. */
    public String deferred() {
        return prefix + "frame-buffer:deferred";
    }

    /** Sorted set: entries of {@link #deferred}, by when they are due. */
    public String deferredDue() {
        return prefix + "frame-buffer:deferred-due";
    }

    /** Hash: by which clock they are due. */
    public String deferredClock() {
        return prefix + "frame-buffer:deferred-clock";
    }

    /** Stream: frames given up on. */
    public String deadLetter() {
        return prefix + "frames:dead-letter";
    }

    /** Stream: the last frames that were shed, without their pixels. */
    public String shed() {
        return prefix + "frame-buffer:shed";
    }

    /** String: the pixels of a frame that does not carry them inline. */
    public String pixels(String frameId) {
        return prefix + "frame:" + frameId;
    }

    /** Hash: processor id → registration. */
    public String registry() {
        return prefix + "processors:registry";
    }

    /** Hash: processor id → last health report. */
    public String health() {
        return prefix + "processors:health";
    }

    /** Hash: id → registration of a processor that was unregistered and whose queue is not empty yet. */
    public String departed() {
        return prefix + "processors:departed";
    }

    /** Hash: key of a work queue → what its processor was last seen to do with it. */
    public String activity() {
        return prefix + "frame-buffer:activity";
    }

    /**
     * Hash: key of a work queue → how many frames we have taken from it that its processor had been given; and other counts of what
     * entered a stream and left it.
     */
    public String taken() {
        return prefix + "frame-buffer:taken";
    }

    /** Stream: what was done with each frame, on pages. */
    public String journey() {
        return prefix + "frame-buffer:journey";
    }

    /** String: what one hand-off in progress permits. It is never there between two commands. */
    public String verdict() {
        return prefix + "frame-buffer:verdict";
    }

    /** Hash: key of a work queue → the entry there that may have ended the processor which had it before. */
    public String suspects() {
        return prefix + "frame-buffer:suspects";
    }

    /** Hash: key of a work queue → how many frames of its processor's capacity are this partition's; absent: all. */
    public String shares() {
        return prefix + "frame-buffer:shares";
    }

    /** String, in the first partition: over how many partitions frames are spread. */
    public String partitions() {
        return prefix + "frame-buffer:partitions";
    }

    /** String, in the first partition, for some seconds: an instance starts with so many partitions. */
    public String partitionsStarting() {
        return prefix + "frame-buffer:partitions-starting";
    }

    /** String, in the first partition: the number of partitions is being changed. */
    public String partitionsChanging() {
        return prefix + "frame-buffer:partitions-changing";
    }

    /** Hash, in the first partition: processor id, a space, number of a partition → how many frames that one may have. */
    public String grants() {
        return prefix + "frame-buffer:grants";
    }

    /** Hash, in the first partition: number of a partition → how many frames of it each processor could have. */
    public String demand() {
        return prefix + "frame-buffer:demand";
    }

    /** Hash: processor id → how many frames it gave back. */
    public String givenBack() {
        return prefix + "frame-buffer:given-back";
    }

    /** Hash: instance → when it last said that it runs. */
    public String instances() {
        return prefix + "frame-buffer:instances";
    }

    /** String: which life of an instance has this name, and where it runs. */
    public String instanceName(String instance) {
        return prefix + "frame-buffer:instance:" + instance;
    }

    /** Hash: instance → when it last said that it could serve the partition. */
    public String candidates() {
        return prefix + "frame-buffer:candidates";
    }

    /** Hash: processor id → its circuit, as long as that is not closed or it has failed. */
    public String circuits() {
        return prefix + "frame-buffer:circuits";
    }

    /** Hash: processor id → when its health endpoint was last polled, and what came of it. */
    public String polls() {
        return prefix + "frame-buffer:polls";
    }

    /** Hash: how many frames of which camera ended how. */
    public String ledger() {
        return prefix + "frame-buffer:ledger";
    }

    /** Stream: the last changes of the ledger that no frame's own step made. */
    public String ledgerChanges() {
        return prefix + "frame-buffer:ledger-changes";
    }

    /** Hash: capture id → what is still owed of a frame that was handed to several capabilities. */
    public String parts() {
        return prefix + "frame-buffer:parts";
    }

    /** Hash: how many frames each processor completed, by time from capture. */
    public String completed() {
        return prefix + "frame-buffer:completed";
    }

    /** Hash: camera → which of its frames are worth sending, as JSON, where that is not the default. */
    public String cameraPolicies() {
        return prefix + "frame-buffer:camera-policies";
    }

    /** Hash: camera → its newest frame in the capture stream. */
    public String camerasSeen() {
        return prefix + "frame-buffer:cameras-seen";
    }

    /** Hash: what is switched for all instances. */
    public String control() {
        return prefix + "frame-buffer:control";
    }

    /** Hash, and channel: how much producers are to send. */
    public String backpressure() {
        return prefix + "frame-buffer:backpressure";
    }

    /** String: the instance that works out {@link #backpressure}. */
    public String backpressureLease() {
        return prefix + "frame-buffer:backpressure-lease";
    }

    /** Hash: instance → how many frames wait in it for which capability, as JSON. */
    public String waiting() {
        return prefix + "frame-buffer:waiting";
    }

    /** Hash: {@link CameraNeed} → what was last found in its frames, as JSON. */
    public String pictures() {
        return prefix + "frame-buffer:pictures";
    }

    /** String: the picture in which that was found, with what was found drawn into it. */
    public String picture(CameraNeed of) {
        return prefix + "frame-buffer:picture:" + of.encode();
    }

    /** String: there as long as somebody wants to see pictures. */
    public String picturesWanted() {
        return prefix + "frame-buffer:pictures-wanted";
    }

    /** Hash: {@link CameraNeed} → id of the processor that its frames go to. */
    public String affinity() {
        return prefix + "frame-buffer:affinity";
    }

    /** Stream: the last changes of {@link #affinity}, in order. */
    public String affinityChanges() {
        return prefix + "frame-buffer:affinity-changes";
    }

    /** Sorted set: {@link CameraNeed}, by when it was last seen. */
    public String affinitySeen() {
        return prefix + "frame-buffer:affinity-seen";
    }
}
