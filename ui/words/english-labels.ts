// The texts that a call manager names by code instead of sending words (reference sccp 4.6, English of a 7960).

/** Words of the codes 80 nn, by nn; empty: no such code. */
export const labels: readonly string[] = [
  "", // 00
  "Redial", // 01
  "NewCall", // 02
  "Hold", // 03
  "Trnsfer", // 04
  "CFwdALL", // 05
  "CFwdBusy", // 06
  "CFwdNoAnswer", // 07
  "<<", // 08
  "EndCall", // 09
  "Resume", // 0a
  "Answer", // 0b
  "Info", // 0c
  "Confrn", // 0d
  "Park", // 0e
  "Join", // 0f
  "MeetMe", // 10
  "PickUp", // 11
  "GPickUp", // 12
  "Your current options", // 13
  "Off Hook", // 14
  "On Hook", // 15
  "Ring out", // 16
  "From", // 17
  "Connected", // 18
  "Busy", // 19
  "Line In Use", // 1a
  "Call Waiting", // 1b
  "Call Transfer", // 1c
  "Call Park", // 1d
  "Call Proceed", // 1e
  "In Use Remote", // 1f
  "Enter number", // 20
  "Call park At", // 21
  "Primary Only", // 22
  "Temp Fail", // 23
  "You Have VoiceMail", // 24
  "Forwarded to", // 25
  "Can Not Complete Conference", // 26
  "No Conference Bridge", // 27
  "Can Not Hold Primary Control", // 28
  "Invalid Conference Participant", // 29
  "In Conference Already", // 2a
  "No Participant Info", // 2b
  "Exceed Maximum Parties", // 2c
  "Key Is Not Active", // 2d
  "Error No License", // 2e
  "Error DBConfig", // 2f
  "Error Database", // 30
  "Error Pass Limit", // 31
  "Error Unknown", // 32
  "Error Mismatch", // 33
  "Conference", // 34
  "Park Number", // 35
  "Private", // 36
  "Not Enough Bandwidth", // 37
  "Unknown Number", // 38
  "RmLstC", // 39
  "Voicemail", // 3a
  "ImmDiv", // 3b
  "Intrcpt", // 3c
  "SetWtch", // 3d
  "TrnsfVM", // 3e
  "DND", // 3f
  "DivAll", // 40
  "CallBack", // 41
  "Network congestion,rerouting", // 42
  "Barge", // 43
  "Failed to setup Barge", // 44
  "Another Barge exists", // 45
  "Incompatible device type", // 46
  "No Park Number Available", // 47
  "CallPark Reversion", // 48
  "Service is not Active", // 49
  "High Traffic Try Again Later", // 4a
  "QRT", // 4b
  "MCID", // 4c
  "DirTrfr", // 4d
  "Select", // 4e
  "ConfList", // 4f
  "iDivert", // 50
  "cBarge", // 51
  "Can Not Complete Transfer", // 52
  "Can Not Join Calls", // 53
  "Mcid Successful", // 54
  "Number Not Configured", // 55
  "Security Error", // 56
  "Video Bandwidth Unavailable", // 57
  "VidMode", // 58
  "Max Call Duration Timeout", // 59
  "Max Hold Duration Timeout", // 5a
  "OPickUp", // 5b
  "HLog", // 5c
  "Logged Out Of Hunt Group", // 5d
  "Park Slot Unavailable", // 5e
  "No Call Available For Pickup", // 5f
  "No Bandwidth For Pickup", // 60
  "External Transfer Restricted", // 61
  "No Line Available For Pickup", // 62
  "Path Replacement In Progress", // 63
  "", // 64
  "Mac Address", // 65
  "Host Name", // 66
  "Domain Name", // 67
  "Ip Address", // 68
  "Subnet Mask", // 69
  "Tftp Server 1", // 6a
  "Default Router 1", // 6b
  "Default Router 2", // 6c
  "Default Router 3", // 6d
  "Default Router 4", // 6e
  "Default Router 5", // 6f
  "Dns Server 1", // 70
  "Dns Server 2", // 71
  "Dns Server 3", // 72
  "Dns Server 4", // 73
  "Dns Server 5", // 74
  "Operational Vlan Id", // 75
  "Admin Vlan Id", // 76
  "Call Manager 1", // 77
  "Call Manager 2", // 78
  "Call Manager 3", // 79
  "Call Manager 4", // 7a
  "Call Manager 5", // 7b
  "Information Url", // 7c
  "Directories Url", // 7d
  "Messages Url", // 7e
  "Services Url", // 7f
];

/** Words of the codes 1E nn, by nn; empty: no such code. */
export const extendedLabels: readonly string[] = [
  "", // 00
  "", // 01
  "Acct", // 02
  "Flash", // 03
  "Login", // 04
  "Device In Home Location", // 05
  "Device In Roaming Location", // 06
  "Enter Authorization Code", // 07
  "Enter Client Matter Code", // 08
  "Calls Available For Pickup", // 09
  "Cm Fallback Service Operating", // 0a
  "Max Phones Exceeded", // 0b
  "Waiting To Rehome", // 0c
  "Please End Call", // 0d
  "Paging", // 0e
  "Select Line", // 0f
  "Transfer Destination Is Busy", // 10
  "Select A Service", // 11
  "Local Services", // 12
  "Enter Search Criteria", // 13
  "Night Service", // 14
  "Night Service Active", // 15
  "Night Service Disabled", // 16
  "Login Successful", // 17
  "Wrong Pin", // 18
  "Please Enter Pin", // 19
  "Of", // 1a
  "Records 1 To", // 1b
  "No Record Found", // 1c
  "Search Results", // 1d
  "Calls In Queue", // 1e
  "Join To Hunt Group", // 1f
  "Ready", // 20
  "Notready", // 21
  "Call On Hold", // 22
  "Hold Reversion", // 23
  "Setup Failed", // 24
  "No Resources", // 25
  "Device Not Authorized", // 26
  "Monitoring", // 27
  "Recording Awaiting Call To Be Active", // 28
  "Recording Already In Progress", // 29
  "Inactive Recording Session", // 2a
  "Mobility", // 2b
  "Whisper", // 2c
  "Forward All", // 2d
  "Malicious Call Id", // 2e
  "Group Pickup", // 2f
  "Remove Last Participant", // 30
  "Other Pickup", // 31
  "Video", // 32
  "End Call", // 33
  "Conference List", // 34
  "Quality Reporting Tool", // 35
  "Hunt Group", // 36
  "Use Line Or Join To Complete", // 37
  "Do Not Disturb", // 38
  "Do Not Disturb Is Active", // 39
  "Cfwdall Loop Detected", // 3a
  "Cfwdall Hops Exceeded", // 3b
  "Abbrdial", // 3c
  "Pickup Is Unavailable", // 3d
  "Conference Is Unavailable", // 3e
  "Meetme Is Unavailable", // 3f
  "Cannot Retrieve Parked Call", // 40
  "Cannot Send Call To Mobile", // 41
  "", // 42
  "Record", // 43
  "Cannot Move Conversation", // 44
  "Cw Off", // 45
  "Coaching", // 46
  "", // 47
  "", // 48
  "", // 49
  "", // 4a
  "", // 4b
  "", // 4c
  "", // 4d
  "", // 4e
  "Recording", // 4f
  "Recording Failed", // 50
  "Connecting", // 51
];
