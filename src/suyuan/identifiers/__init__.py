"""Numbers of the trade: battery code, VIN, credit code, area code, GS1 keys; one module each."""
