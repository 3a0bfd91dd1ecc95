package framebuffer.vision.source;

/** How the pictures of a video arrive. */
public enum PictureDelivery {
    /** A recording, readable at any speed: its timestamps give the due times. */
    RECORDING,
    /** Live video: a picture is due when it arrives. */
    LIVE,
    /** Live video in segments of several seconds (HLS): its timestamps give the due times. */
    SEGMENTED,
    /** A single picture per connection: the address is opened for each picture. */
    SNAPSHOT;

    /** Whether the video is live, so that its end is a failure. */
    public boolean live() {
        return this != RECORDING;
    }

    /** Whether a picture is due when it arrives. */
    public boolean dueOnArrival() {
        return this == LIVE || this == SNAPSHOT;
    }

    /**
     * The delivery of a video.
     *
     * @param format FFmpeg's name of its format
     * @param declaresLength whether the video declares its length before it is read
     * @param sized whether its size in bytes is known
     */
    static PictureDelivery of(String format, boolean declaresLength, boolean sized) {
        return switch (format) {
            // The size is the size of the playlist; a finished playlist declares its length.
            case "hls", "dash" -> declaresLength ? RECORDING : SEGMENTED;
            // Cameras with endless streams often declare some large size.
            case "mpjpeg", "rtsp", "sdp", "rtp" -> LIVE;
            // FFmpeg's names for the files of pictures: jpeg_pipe, png_pipe and so on.
            case String picture when picture.endsWith("_pipe") || picture.equals("image2") -> SNAPSHOT;
            default -> declaresLength || sized ? RECORDING : LIVE;
        };
    }
}
