"""The TwiML dialect: form posts that are answered with XML (Twilio, SignalWire, Telnyx TeXML, Somleng and others)."""
