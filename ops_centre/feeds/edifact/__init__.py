"""UN/EDIFACT passenger and cargo messages: interchanges as real senders write them, PAXLST and CUSCAR."""
